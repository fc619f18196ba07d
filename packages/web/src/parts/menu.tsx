import type { LucideIcon } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

const EDGE_PX = 8;

export interface MenuItem {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly isDangerous?: boolean;
  readonly onChoose: () => void;
}

/** Where it opens: beside a control, or where the pointer is. */
export type MenuSpot = DOMRect | { readonly x: number; readonly y: number };

interface PopoverProps {
  readonly spot: MenuSpot;
  readonly label: string;
  readonly role: 'menu' | 'dialog';
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Something small over the page, inside the window wherever it was opened. Focus goes back when it closes. */
export function Popover({ spot, label, role, onClose, children }: PopoverProps) {
  const ref = useRef<HTMLDivElement>(null);
  useReturnOfFocus();
  useLayoutEffect(() => {
    const element = ref.current;
    if (element !== null) place(element, spot);
  }, [spot]);
  const host = document.querySelector('dialog[open]') ?? document.body;
  return createPortal(
    <div
      className="fixed inset-0 z-40"
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <div
        ref={ref}
        role={role}
        aria-label={label}
        className="rise fixed z-50 rounded-2xl bg-raised p-1.5 text-ink shadow-float"
        onKeyDown={(event) => {
          if (event.key === 'Escape' || event.key === 'Tab') {
            event.preventDefault();
            event.stopPropagation();
            onClose();
          } else moveFocus(event);
        }}
      >
        {children}
      </div>
    </div>,
    host,
  );
}

interface MenuProps {
  readonly spot: MenuSpot;
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** Something was chosen. */
  readonly onClose: () => void;
  /** Nothing was; the same unless told. */
  readonly onLeave?: () => void;
  /** Stands above the items. */
  readonly children?: ReactNode;
}

export function Menu({ spot, label, items, onClose, onLeave = onClose, children }: MenuProps) {
  return (
    <Popover spot={spot} label={label} role="menu" onClose={onLeave}>
      {children}
      {items.map(({ label: itemLabel, icon: Icon, isDangerous, onChoose }, index) => (
        <button
          key={itemLabel}
          type="button"
          role="menuitem"
          autoFocus={index === 0}
          className={`menu-item min-w-52 ${isDangerous ? '!text-danger' : ''}`}
          onClick={() => {
            onClose();
            onChoose();
          }}
        >
          <Icon size={17} aria-hidden />
          {itemLabel}
        </button>
      ))}
    </Popover>
  );
}

interface MenuButtonProps extends Pick<MenuProps, 'label' | 'items'> {
  readonly icon: LucideIcon;
}

export function MenuButton({ icon: Icon, label, items }: MenuButtonProps) {
  const [spot, setSpot] = useState<MenuSpot>();
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={spot !== undefined}
        onClick={(event) => setSpot(event.currentTarget.getBoundingClientRect())}
      >
        <Icon size={20} />
      </button>
      {spot && <Menu spot={spot} label={label} items={items} onClose={() => setSpot(undefined)} />}
    </>
  );
}

function useReturnOfFocus() {
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      // What the choice has opened keeps the focus that it took.
      if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
    };
  }, []);
}

function place(element: HTMLElement, spot: MenuSpot): void {
  const { offsetWidth: width, offsetHeight: height } = element;
  const isRect = spot instanceof DOMRect;
  const below = isRect ? spot.bottom + 4 : spot.y;
  const above = isRect ? spot.top - height - 4 : spot.y - height;
  const top = below + height + EDGE_PX <= innerHeight ? below : Math.max(EDGE_PX, above);
  const wantedLeft = isRect && spot.left + width + EDGE_PX > innerWidth ? spot.right - width : spot.x;
  const left = Math.min(Math.max(EDGE_PX, wantedLeft), innerWidth - width - EDGE_PX);
  element.style.top = `${top}px`;
  element.style.left = `${left}px`;
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')];
  if (items.length === 0) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement as HTMLElement);
  items.at((at + step) % items.length)?.focus();
}
