import { invitationMail } from "../invitations/mail.ts";
import type { Job } from "./job.ts";

/** Every kind of job that there is. */
export const jobs: readonly Job[] = [invitationMail];
