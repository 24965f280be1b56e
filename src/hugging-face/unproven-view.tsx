/** The page after a sign-in that Hugging Face did not confirm. */
export function UnprovenPage({ returnTo }: { returnTo: string }) {
  return (
    <div class="mx-auto max-w-md rounded-box border border-base-300 bg-base-100 p-7 text-center sm:mt-10 sm:p-10">
      <h1 class="text-3xl font-bold tracking-tight">Hugging Face did not confirm</h1>
      <p class="mt-3 text-base-content/80">
        You are signed in. But Hugging Face could not tell us which organizations you are in: you
        declined, or you use another account there than the one linked here. Memberships that you
        have through Hugging Face are suspended until you sign in with it again.
      </p>
      <div class="mt-7 flex flex-col justify-center gap-3 sm:flex-row">
        <a class="btn btn-primary text-base" href={returnTo}>
          Go on
        </a>
      </div>
    </div>
  );
}
