import { Form, renderStepPage, TextField } from "./form.tsx";
import type { Journey } from "./journey.ts";
import { methodFor } from "./sign-in-settings.ts";
import { Identifier } from "./sign-in-page.tsx";
import type { Frame, Typed } from "./steps.ts";

export function renderPasswordPage(frame: Frame, journey: Journey, { fault }: Typed): string {
  const { identifier } = journey;
  const canGetCode =
    identifier?.type === "email" && methodFor(frame.settings, "email")?.verificationCode;
  return renderStepPage({
    frame,
    title: "Enter your password",
    description: identifier && `Enter the password for ${identifier.value}.`,
    fault,
    button: "Continue",
    fields: (
      <TextField name="password" label="Password" type="password" autocomplete="current-password" />
    ),
    below: canGetCode && (
      <>
        <div class="or">or</div>
        <Form
          action={`/sign-in/verification-code${frame.search}`}
          formToken={frame.formToken}
          button="Sign in via verification code"
          isSecond
        >
          <input type="hidden" name="resend" value="yes" />
        </Form>
      </>
    ),
  });
}

export function renderNewPasswordPage(frame: Frame, _journey: Journey, { fault }: Typed): string {
  const field = { type: "password", autocomplete: "new-password" } as const;
  return renderStepPage({
    frame,
    title: "Set password",
    description: "Password requires a minimum of 8 characters.",
    fault,
    button: "Save password",
    fields: (
      <>
        <TextField name="newPassword" label="Password" {...field} />
        <TextField name="confirmPassword" label="Confirm password" {...field} />
      </>
    ),
  });
}

export function renderCodePage(frame: Frame, journey: Journey, { fault }: Typed): string {
  if (journey.offered !== undefined) return renderInsteadPage(frame, journey, fault);
  const { action, formToken } = frame;
  return renderStepPage({
    frame,
    title: "Verify your email",
    description: `The verification code has been sent to your email ${journey.code?.email ?? ""}`,
    fault,
    button: "Continue",
    fields: (
      <TextField name="code" label="Verification code" autocomplete="one-time-code" value="" />
    ),
    below: (
      <>
        <p class="below">Not received yet?</p>
        <Form {...{ action, formToken }} button="Resend" isSecond>
          <input type="hidden" name="resend" value="yes" />
        </Form>
      </>
    ),
  });
}

function renderInsteadPage(frame: Frame, { offered, event }: Journey, fault?: string): string {
  const isKnown = event === "Register";
  return renderStepPage({
    frame,
    title: isKnown ? "Sign in" : "Create account",
    description: isKnown
      ? `The account with email ${offered} already exists, would you like to sign in?`
      : `The account with email ${offered} does not exist, would you like to create a new account?`,
    fault,
    button: isKnown ? "Sign in" : "Create account",
    fields: <input type="hidden" name="instead" value="yes" />,
  });
}

export function renderUsernamePage(frame: Frame, _journey: Journey, typed: Typed): string {
  return renderStepPage({
    frame,
    title: "Set username",
    description:
      "Username is an alternative for sign-in. Username should contain only letters, numbers, and underscores.",
    fault: typed.fault,
    button: "Continue",
    fields: <Identifier types={["username"]} value={typed.identifier ?? ""} />,
  });
}

export function renderEmailPage(frame: Frame, _journey: Journey, typed: Typed): string {
  return renderStepPage({
    frame,
    title: "Link email",
    description: "For added security, please link your email with the account.",
    fault: typed.fault,
    button: "Continue",
    fields: <Identifier types={["email"]} value={typed.identifier ?? ""} />,
  });
}

export function renderLinkPage(frame: Frame, { social }: Journey, { fault }: Typed): string {
  const { action, formToken } = frame;
  const email = String(social?.profile["email"]);
  return renderStepPage({
    frame,
    title: "Link or create account",
    description:
      "We found a related account which had been registered, and you can link it directly.",
    fault,
    button: `Link with ${maskEmail(email)}`,
    fields: <input type="hidden" name="choice" value="link" />,
    below: (
      <>
        <p class="below">Skip linking to existing account?</p>
        <Form {...{ action, formToken }} button="Create new one instead" isSecond>
          <input type="hidden" name="choice" value="create" />
        </Form>
      </>
    ),
  });
}

export function renderSingleSignOnPage(frame: Frame, _journey: Journey, typed: Typed): string {
  return renderStepPage({
    frame,
    title: "Single Sign-On",
    description: "Enter your enterprise email address",
    fault: typed.fault,
    button: "Single Sign-On",
    fields: <Identifier types={["email"]} value={typed.identifier ?? frame.hint} />,
  });
}

export function renderFactorsPage(frame: Frame, _journey: Journey, { fault }: Typed): string {
  return renderStepPage({
    frame,
    title: "Turn on 2-step verification",
    description:
      "Protect your account with 2-step verification. The stand-in has it on the account pages: there is nothing to do here.",
    fault,
    button: "Skip",
    fields: null,
  });
}

export function renderTotpPage(frame: Frame, _journey: Journey, { fault }: Typed): string {
  return renderStepPage({
    frame,
    title: "2-step verification",
    description: "Enter the 6-digit verification code generated by the authenticator app.",
    fault,
    button: "Continue",
    fields: <TextField name="code" label="Code" autocomplete="one-time-code" />,
  });
}

function maskEmail(email: string): string {
  const [name = "", domain = ""] = email.split("@");
  return `${name.length > 4 ? name.slice(0, 4) : ""}****@${domain}`;
}
