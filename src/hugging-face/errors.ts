import { AppError, defineErrors, type ErrorAction } from "../http/errors.ts";

/** The reasons why connecting or joining by Hugging Face fails. */
export const huggingFaceError = defineErrors({
  "hugging_face.unavailable": {
    status: 503,
    title: "Hugging Face does not answer",
    detail: "Nothing was changed. Please try again in a minute.",
  },
  "hugging_face.untrusted_answer": {
    status: 502,
    title: "Something went wrong at Hugging Face",
    detail:
      "We cannot use its answer. Nothing was changed. Please try again. If it happens again, send us the id below.",
  },
  "hugging_face.client_refused": {
    status: 502,
    title: "Hugging Face refused this server",
    detail:
      "Nothing was changed. The operator of this server has to check its client id and secret.",
  },
  "hugging_face.denied": {
    status: 400,
    title: "Access was denied",
    detail: "You or Hugging Face did not allow us to see your organizations. Nothing was changed.",
  },
  "hugging_face.spent": {
    status: 400,
    title: "This cannot be finished",
    detail:
      "It was started in another browser or by someone else, has been used already, or has expired after ten minutes. Nothing was changed. Start again from where you began.",
  },
  "hugging_face.choice_spent": {
    status: 410,
    title: "This choice has expired",
    detail:
      "It is valid for ten minutes, for you and the organization that you started from. Nothing was changed. Please start again.",
  },
  "hugging_face.not_linked": {
    status: 403,
    title: "Your account is not linked with Hugging Face",
    detail: "Nothing was changed. To connect an organization, sign in with Hugging Face first.",
  },
  "hugging_face.other_account": {
    status: 403,
    title: "That was another Hugging Face account",
    detail:
      "At Hugging Face you are signed in with another account than the one linked here. Nothing was changed. Switch accounts there, then start again.",
  },
  "hugging_face.no_admin": {
    status: 403,
    title: "You are not an admin at Hugging Face",
    detail:
      "Hugging Face lists no organization that you are an admin of, with its single sign-on and second factor completed. Nothing was changed. Ask an admin of the organization to connect it, or to make you an admin.",
  },
});

/** The same error with a link to a next step, and with another sentence if there is one. */
export function withAction(error: AppError, action: ErrorAction, detail = error.message): AppError {
  const { code, status, title, options } = error;
  return new AppError(code, { status, title, detail }, { ...options, action });
}
