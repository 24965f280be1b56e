import { SubmitButton } from "../views/form.tsx";

/** `GET /sign-out` only asks, because a link or picture elsewhere must not sign anybody out; the form does it. */
export function SignOutPage() {
  return (
    <div class="mx-auto max-w-md rounded-box border border-base-300 bg-base-100 p-7 text-center sm:mt-10 sm:p-10">
      <h1 class="text-3xl font-bold tracking-tight">Sign out?</h1>
      <p class="mt-3 text-base-content/80">
        Your session ends on this device, here and at the identity provider.
      </p>
      <div class="mt-7 flex flex-col justify-center gap-3 sm:flex-row">
        <form method="post" action="/sign-out">
          <SubmitButton>Sign out</SubmitButton>
        </form>
        <a class="btn btn-ghost text-base" href="/">
          Stay signed in
        </a>
      </div>
    </div>
  );
}
