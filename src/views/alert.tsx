import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";

type AlertKind = "info" | "success" | "warning" | "error";

const looks: Record<AlertKind, { icon: IconName; iconClass: string; class: string }> = {
  info: { icon: "circleInfo", iconClass: "text-info", class: "alert-info" },
  success: { icon: "circleCheck", iconClass: "text-success", class: "alert-success" },
  warning: { icon: "triangleAlert", iconClass: "text-warning", class: "alert-warning" },
  error: { icon: "octagonAlert", iconClass: "text-error", class: "alert-error" },
};

interface AlertProps {
  kind: AlertKind;
  title?: string;
  children: ComponentChildren;
}

/** A message about the last action. Errors interrupt a screen reader (`alert`), other messages do not (`status`). */
export function Alert({ kind, title, children }: AlertProps) {
  const look = looks[kind];
  return (
    <div
      class={`alert alert-soft items-start text-base text-base-content ${look.class}`}
      role={kind === "error" ? "alert" : "status"}
    >
      <Icon name={look.icon} class={`mt-0.5 size-5 ${look.iconClass}`} />
      <div class="break-name">
        {title && <p class="font-semibold">{title}</p>}
        {children}
      </div>
    </div>
  );
}
