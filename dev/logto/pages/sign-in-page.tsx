import { Fault, renderPage } from "./layout.tsx";

export type SignInForm = {
  /** `?…` of the page itself: every form and link keeps Logto's query and stays in this tab's sign-in. */
  search: string;
  formToken: string;
  /** Whether there is a connector with a button. */
  hasHuggingFace: boolean;
  identifier: string;
  name?: string | undefined;
  fault?: string | undefined;
};

export function renderSignInPage({
  search,
  formToken,
  hasHuggingFace,
  identifier,
  fault,
}: SignInForm): string {
  return renderPage({
    title: "Sign in to your account",
    children: (
      <>
        <Fault message={fault} />
        <form method="post" action={`/sign-in${search}`}>
          <input type="hidden" name="form_token" value={formToken} />
          <Identifier value={identifier} />
          <label for="password">Password</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            required
          />
          <button type="submit">Sign in</button>
        </form>
        {hasHuggingFace && <HuggingFaceButton search={search} formToken={formToken} />}
        <p class="below">
          No account yet? <a href={`/register${search}`}>Create account</a>
        </p>
        <p class="below">
          Does your company sign you in? <a href={`/single-sign-on${search}`}>Single sign-on</a>
        </p>
      </>
    ),
  });
}

export function renderRegisterPage({
  search,
  formToken,
  hasHuggingFace,
  identifier,
  name,
  fault,
}: SignInForm): string {
  return renderPage({
    title: "Create your account",
    children: (
      <>
        <Fault message={fault} />
        <form method="post" action={`/register${search}`}>
          <input type="hidden" name="form_token" value={formToken} />
          <Identifier value={identifier} />
          <label for="name">Name (optional)</label>
          <input id="name" name="name" autocomplete="name" maxlength={128} value={name ?? ""} />
          <label for="password">Password (at least 8 characters)</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="new-password"
            required
          />
          <button type="submit">Create account</button>
        </form>
        {hasHuggingFace && <HuggingFaceButton search={search} formToken={formToken} />}
        <p class="below">
          Already have an account? <a href={`/sign-in${search}`}>Sign in</a>
        </p>
      </>
    ),
  });
}

export function renderSingleSignOnPage({
  search,
  formToken,
  identifier,
  fault,
}: SignInForm): string {
  return renderPage({
    title: "Single sign-on",
    children: (
      <>
        <Fault message={fault} />
        <form method="post" action={`/single-sign-on${search}`}>
          <input type="hidden" name="form_token" value={formToken} />
          <label for="identifier">E-mail address at your company</label>
          <input
            id="identifier"
            name="identifier"
            type="email"
            autocomplete="email"
            maxlength={128}
            required
            value={identifier}
          />
          <button type="submit">Continue</button>
        </form>
        <p class="below">
          <a href={`/sign-in${search}`}>Sign in another way</a>
        </p>
      </>
    ),
  });
}

function Identifier({ value }: { value: string }) {
  return (
    <>
      <label for="identifier">Username or e-mail address</label>
      <input
        id="identifier"
        name="identifier"
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        maxlength={128}
        required
        autofocus={value === ""}
        value={value}
      />
    </>
  );
}

function HuggingFaceButton({ search, formToken }: Pick<SignInForm, "search" | "formToken">) {
  return (
    <>
      <div class="or">or</div>
      <form method="post" action={`/social/huggingface${search}`}>
        <input type="hidden" name="form_token" value={formToken} />
        <button class="second" type="submit">
          Continue with Hugging Face
        </button>
      </form>
    </>
  );
}

/** Shown when there is no sign-in under way (Logto's path for it: /unknown-session). */
export function renderExpiredPage(): string {
  return renderPage({
    title: "This sign-in page expired",
    children: (
      <>
        <p>
          It was left open for too long, or the sign-in was already finished (perhaps in another
          tab). Nothing is lost.
        </p>
        <p>Please go back to the application and start again from there.</p>
      </>
    ),
  });
}

export function renderFaultPage(message: string): string {
  return renderPage({
    title: "Something went wrong",
    children: (
      <>
        <Fault message={message} />
        <p>Please go back to the application and try again.</p>
      </>
    ),
  });
}
