import { Button, type ButtonProps } from "antd";
import type { MouseEvent } from "react";
import { useHref, useLinkClickHandler } from "react-router";

interface LinkButtonProps extends Omit<ButtonProps, "href" | "onClick"> {
  to: string;
  /** Before one goes. */
  onGo?: (() => void) | undefined;
}

/** A link that looks like a button: one stop of the keyboard, and the address can be opened in another tab. */
export function LinkButton({ to, onGo, ...look }: LinkButtonProps) {
  const follow = useLinkClickHandler<HTMLAnchorElement>(to);
  const go = (event: MouseEvent<HTMLAnchorElement>) => {
    onGo?.();
    follow(event);
  };
  return <Button {...look} href={useHref(to)} onClick={go} />;
}
