import { accountFormAction } from "../tenancy/page-token.ts";
import { displayName } from "../identity/display-name.ts";
import { isOwnPicture } from "../access/picture-path.ts";
import { pictureFile } from "../pictures/picture-field.ts";
import { PictureForm } from "../pictures/upload-view.tsx";
import { Avatar } from "../views/avatar.tsx";
import { Card } from "../views/card.tsx";
import {
  Field,
  type FilledForm,
  FormAlert,
  readField,
  SelectField,
  SubmitButton,
} from "../views/form.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { longestName } from "../http/name-field.ts";
import type { Account } from "./account.ts";
import type { ProviderLinks } from "./provider-links.ts";
import { nameTimeZone, timeZones } from "./time-zones.ts";

/** The address of the page and of its form. */
export const profilePath = "/account/profile";

export const pictureUploadPath = `${profilePath}/picture`;
export const pictureRemovalPath = `${pictureUploadPath}/removal`;

interface ProfilePageProps {
  userId: string;
  account: Pick<
    Account,
    "name" | "username" | "email" | "emailVerified" | "avatarUrl" | "timeZone"
  >;
  /** Whether name and picture can be changed here; otherwise the identity provider's own page does it. */
  isKept: boolean;
  links: Pick<ProviderLinks, "profile">;
  form: FilledForm;
}

const zones = timeZones.map((value) => ({ value, label: nameTimeZone(value) }));

/** The form for what a person changes about themselves here. */
export function ProfilePage({ userId, account, isKept, links, form }: ProfilePageProps) {
  const { errors } = form;
  const { avatarUrl } = account;
  const isUploaded = isOwnPicture(avatarUrl);
  return (
    <>
      <PageHeading title="Edit your profile" />
      <div class="grid max-w-2xl gap-6">
        <Picture userId={userId} account={account} form={form} />
        <Card id="profile" title="Profile">
          <form
            class="grid gap-5"
            method="post"
            action={accountFormAction({ user: { id: userId } }, profilePath)}
          >
            <FormAlert
              errors={errors}
              fields={["name", "picture", "timeZone", pictureFile.field]}
            />
            {isKept ? (
              <>
                <Field
                  name="name"
                  label="Name"
                  value={readField(form, "name", account.name ?? "")}
                  maxLength={longestName}
                  autoComplete="name"
                  errors={errors["name"]}
                />
                <Field
                  name="picture"
                  label="Picture address"
                  type="url"
                  value={readField(form, "picture", isUploaded ? "" : (avatarUrl ?? ""))}
                  hint={
                    isUploaded
                      ? "Such as https://example.com/me.png. It replaces the picture that you uploaded."
                      : "Such as https://example.com/me.png. Leave it empty to show your initials."
                  }
                  autoComplete="photo"
                  errors={errors["picture"]}
                />
              </>
            ) : (
              <p>
                Your name is kept by our identity provider.{" "}
                <a class="link link-primary" href={links.profile}>
                  Change it there
                </a>
                ; it appears here the next time you sign in.
              </p>
            )}
            <SelectField
              name="timeZone"
              label="Time zone"
              options={zones}
              value={readField(form, "timeZone", account.timeZone ?? "UTC")}
              hint="Dates and times are shown in this time zone."
              errors={errors["timeZone"]}
            />
            <div class="flex flex-wrap items-center gap-x-5 gap-y-3">
              <SubmitButton>Save</SubmitButton>
              <a class="link" href="/account">
                Cancel
              </a>
            </div>
          </form>
        </Card>
      </div>
    </>
  );
}

function Picture({ userId, account, form }: Pick<ProfilePageProps, "userId" | "account" | "form">) {
  const { avatarUrl } = account;
  const action = (path: string) => accountFormAction({ user: { id: userId } }, path);
  return (
    <Card
      id="picture"
      title="Picture"
      description="Shown beside your name. Without a picture, your initials appear."
    >
      <PictureForm
        avatar={<Avatar name={displayName(account)} imageUrl={avatarUrl} size="large" />}
        action={action(pictureUploadPath)}
        removal={isOwnPicture(avatarUrl) ? action(pictureRemovalPath) : null}
        form={form}
      />
    </Card>
  );
}
