import { DemoPeople } from "./demo-people.tsx";
import { Form, TextField } from "./form.tsx";
import { labelIdentifiers } from "./identifiers.ts";
import type { Journey } from "./journey.ts";
import { Fault, renderPage } from "./layout.tsx";
import {
  admits,
  type IdentifierType,
  isPasswordOnly,
  signInTypes,
  signUpTypes,
} from "./sign-in-settings.ts";
import type { Frame, Typed } from "./steps.ts";

export function renderSignInPage(frame: Frame, _journey: Journey, typed: Typed): string {
  const { settings, search, formToken } = frame;
  const types = signInTypes(settings);
  const isOpen = admits(settings, "Register") && signUpTypes(settings).length > 0;
  return renderPage({
    title: "Sign in to your account",
    below: <DemoPeople {...frame} />,
    children: (
      <>
        <Fault message={typed.fault} />
        {types.length > 0 && (
          <Form action={`/sign-in${search}`} formToken={formToken} button="Sign in">
            <Identifier {...{ types, value: typed.identifier ?? frame.hint }} />
            {isPasswordOnly(settings) && (
              <TextField
                name="password"
                label="Password"
                type="password"
                autocomplete="current-password"
              />
            )}
          </Form>
        )}
        {settings.singleSignOnEnabled && types.length > 0 && (
          <p class="below">
            <a href={`/single-sign-on/email${search}`}>Use Single Sign-On</a>
          </p>
        )}
        {isOpen && (
          <p class="below">
            No account yet? <a href={`/register${search}`}>Create account</a>
          </p>
        )}
        <HuggingFaceButton {...frame} isOnly={types.length === 0} />
      </>
    ),
  });
}

export function renderRegisterPage(frame: Frame, _journey: Journey, typed: Typed): string {
  const { settings, search, formToken } = frame;
  const types = signUpTypes(settings);
  return renderPage({
    title: "Create your account",
    children: (
      <>
        <Fault message={typed.fault} />
        {types.length > 0 && (
          <Form action={`/register${search}`} formToken={formToken} button="Create account">
            <Identifier {...{ types, value: typed.identifier ?? frame.hint }} />
          </Form>
        )}
        {types.length > 0 && admits(settings, "SignIn") && (
          <p class="below">
            Already have an account? <a href={`/sign-in${search}`}>Sign in</a>
          </p>
        )}
        <HuggingFaceButton {...frame} isOnly={types.length === 0} />
      </>
    ),
  });
}

export function Identifier({ types, value }: { types: IdentifierType[]; value: string }) {
  const field = { name: "identifier", label: labelIdentifiers(types), value };
  return types.join() === "email" ? (
    <TextField {...field} type="email" autocomplete="email" />
  ) : (
    <TextField {...field} type="text" autocomplete="username" />
  );
}

function HuggingFaceButton(props: Frame & { isOnly: boolean }) {
  const { hasHuggingFace, search, formToken, isOnly } = props;
  if (!hasHuggingFace) return null;
  const action = `/social/huggingface${search}`;
  return (
    <>
      {isOnly ? null : <div class="or">or</div>}
      <Form {...{ action, formToken }} button="Continue with Hugging Face" isSecond />
    </>
  );
}
