import type { ComponentChildren } from "preact";

import { showEmail } from "../identity/display-name.ts";
import { capitalize } from "../views/capitalize.ts";
import { Card } from "../views/card.tsx";
import { Icon } from "../views/icon.tsx";
import { HuggingFace } from "../views/logo.tsx";
import type { Account } from "./account.ts";
import type { ProviderLinks } from "./provider-links.ts";

/** Leads to the identity provider, which links a Hugging Face account. */
export const linkPath = "/account/hugging-face/link";
/** The page that says what unlinking the Hugging Face account means. */
export const unlinkPath = "/account/hugging-face/unlink";

/** A link that looks like a button. */
export function ButtonLink({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <a class="btn btn-outline h-auto min-h-(--size) py-1.5 text-base max-sm:w-full" href={href}>
      {children}
    </a>
  );
}

/** The ways to prove who one is, which the identity provider keeps. It is true of people who have no password, too. */
export function SignInMethods({ links }: { links: ProviderLinks }) {
  return (
    <Card
      id="sign-in"
      title="Sign-in and security"
      description="Our identity provider keeps these. It verifies it’s you, then brings you back here."
    >
      <ul class="grid gap-4">
        <Method
          title="Password"
          text="Set a password, or change the one you have."
          href={links.password}
        >
          Set password
        </Method>
        <Method
          title="Authenticator app"
          text="A second step at sign-in: a code from your phone."
          href={links.authenticatorApp}
        >
          Add app
        </Method>
      </ul>
      <p class="mt-5 text-sm text-base-content/75">
        Remove a second step, or use backup codes if this site offers them:{" "}
        <a class="link" href={links.overview}>
          all security settings
        </a>
      </p>
    </Card>
  );
}

interface MethodProps {
  title: string;
  text: string;
  href: string;
  children: string;
}

function Method({ title, text, href, children }: MethodProps) {
  return (
    <li class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <div class="min-w-0">
        <p class="font-semibold">{title}</p>
        <p class="text-sm text-base-content/75">{text}</p>
      </div>
      <ButtonLink href={href}>{children}</ButtonLink>
    </li>
  );
}

/** The accounts elsewhere by which a person signs in, and the way to link or unlink one. */
export function LinkedAccounts({ account: { identities, singleSignOn } }: { account: Account }) {
  const hasHuggingFace = identities.some(({ provider }) => provider === "huggingface");
  return (
    <Card
      id="linked-accounts"
      title="Linked accounts"
      description="Other accounts that you can sign in with."
    >
      {identities.length + singleSignOn.length === 0 ? (
        <p>No linked accounts.</p>
      ) : (
        <ul class="grid gap-4">
          {identities.map(({ provider, handle, name, email, provenEmail }) => (
            <LinkedAccount
              key={`${provider} ${handle}`}
              unlinkPath={provider === "huggingface" ? unlinkPath : undefined}
              icon={provider === "huggingface" ? <HuggingFace /> : <Icon name="key" />}
              title={nameProvider(provider)}
              details={[
                handle && `@${handle}`,
                name,
                email ? showEmail(email, { isVerified: provenEmail !== null }) : null,
              ]}
            />
          ))}
          {singleSignOn.map(({ issuer, account }) => (
            <LinkedAccount
              key={issuer}
              icon={<Icon name="building" />}
              title="Single sign-on"
              details={[account, URL.parse(issuer)?.host ?? issuer]}
            />
          ))}
        </ul>
      )}
      {!hasHuggingFace && (
        <div class="mt-5">
          <ButtonLink href={linkPath}>Link Hugging Face</ButtonLink>
        </div>
      )}
    </Card>
  );
}

interface LinkedAccountProps {
  icon: ComponentChildren;
  title: string;
  details: readonly (string | null)[];
  /** Where it can be unlinked. */
  unlinkPath?: string | undefined;
}

function LinkedAccount({ icon, title, details, unlinkPath: href }: LinkedAccountProps) {
  return (
    <li class="flex items-center gap-3.5">
      <span class="grid size-10 place-items-center rounded-field bg-base-200">{icon}</span>
      <div class="min-w-0 flex-1">
        <p class="font-semibold">{title}</p>
        <p class="break-name text-sm text-base-content/75">{details.filter(Boolean).join(" · ")}</p>
      </div>
      {href !== undefined && (
        <a class="link link-primary" href={href}>
          Unlink<span class="sr-only"> {title}</span>
        </a>
      )}
    </li>
  );
}

function nameProvider(provider: string): string {
  if (provider === "huggingface") return "Hugging Face";
  return capitalize(provider);
}
