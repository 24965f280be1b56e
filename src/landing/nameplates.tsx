/* Invented names: one person's view of four organizations, a role in each. */
const bells = [
  { name: "Bramble & Daughters", role: "Owner" },
  { name: "Northwind Robotics", role: "Admin", isLit: true },
  { name: "Kiln Street Studio", role: "Member" },
  { name: "Harbour Health", role: "Viewer" },
];

/** The picture of the landing page: a panel with a nameplate for each organization, one of them lit. */
export function Nameplates() {
  return (
    <div
      class="mx-auto w-full max-w-sm rounded-[1.75rem] bg-neutral p-6 text-neutral-content shadow-2xl shadow-black/25 ring-1 ring-neutral-content/15 ring-inset sm:p-8"
      role="img"
      aria-label="A doorbell panel with a nameplate for each of your organizations and your role in it; one bell is lit."
    >
      <Grille />
      <div class="mt-7 grid grid-cols-1 gap-3.5">
        {bells.map((bell) => (
          <div key={bell.name} class="flex items-center gap-3.5">
            <div class="min-w-0 flex-1 rounded-md bg-linear-to-b from-accent/95 to-accent px-4 py-2.5 text-accent-content shadow-sm">
              <p class="truncate leading-tight font-semibold">{bell.name}</p>
              <p class="text-xs">{bell.role}</p>
            </div>
            <Bell isLit={bell.isLit ?? false} />
          </div>
        ))}
      </div>
    </div>
  );
}

function Grille() {
  return (
    <svg class="mx-auto w-28 fill-neutral-content/35" viewBox="0 0 112 40">
      {[4, 12, 20, 28, 36].flatMap((y, row) =>
        Array.from({ length: row % 2 === 0 ? 14 : 13 }, (_, column) => (
          <circle
            key={`${row}-${column}`}
            cx={(row % 2 === 0 ? 4 : 8) + column * 8}
            cy={y}
            r="1.7"
          />
        )),
      )}
    </svg>
  );
}

function Bell({ isLit }: { isLit: boolean }) {
  return (
    <div class="grid size-12 shrink-0 place-items-center rounded-full bg-neutral-content/12 ring-1 ring-neutral-content/25 ring-inset">
      <div
        class={`size-7 rounded-full ${isLit ? "bg-accent shadow-[0_0_1.1rem_0.2rem] shadow-accent/70" : "bg-neutral-content/30"}`}
      />
    </div>
  );
}
