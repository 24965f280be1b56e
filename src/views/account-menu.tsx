import { Avatar } from "./avatar.tsx";
import { Icon } from "./icon.tsx";
import { HeaderMenu, menuRowClass } from "./header-menu.tsx";
import { renderOnce } from "./render-once.ts";
import type { Viewer } from "./viewer.ts";

/** The menu of the signed-in person: their account, and signing out (a POST, since it changes state). */
export function AccountMenu({ viewer }: { viewer: Viewer }) {
  return (
    <HeaderMenu
      id="account-menu"
      label="Account"
      openerClass="gap-1.5 rounded-full px-1.5"
      panelClass="account-panel sm:w-72"
      opener={
        <>
          <Avatar name={viewer.name} imageUrl={viewer.avatarUrl} size="small" />
          <span class="sr-only">Account menu of {viewer.name}</span>
          <Icon name="chevronDown" class="size-4 opacity-70" />
        </>
      }
    >
      <div class="border-b border-base-300 px-4.5 py-3.5">
        <p class="break-name font-semibold">{viewer.name}</p>
        {viewer.email !== viewer.name && (
          <p class="break-name text-sm text-base-content/75">
            {viewer.email ?? "No email address"}
          </p>
        )}
      </div>
      {drawLinks()}
    </HeaderMenu>
  );
}

const drawLinks = renderOnce(() => (
  <ul class="p-2">
    <li>
      <a class={menuRowClass} href="/account">
        <Icon name="person" />
        Your account
      </a>
    </li>
    <li>
      <form method="post" action="/sign-out">
        <button type="submit" class={`${menuRowClass} cursor-pointer`}>
          <Icon name="signOut" />
          Sign out
        </button>
      </form>
    </li>
  </ul>
));
