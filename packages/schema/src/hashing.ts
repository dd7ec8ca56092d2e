import canonicalize from "canonicalize";
import type { Layer } from "./generated/types.js";

/**
 * RFC 8785: the one way of writing a JSON value, the same bytes in every language.
 * @throws TypeError when the value is not JSON.
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("the value has no JSON form");
  return text;
}

/** SHA-256 of UTF-8 text, in lower-case hexadecimal. */
export function sha256Hex(text: string): string {
  // Loaded on first use: importing node:crypto takes a third of the time that core may take to load.
  const { hash } = process.getBuiltinModule("node:crypto");
  return hash("sha256", text);
}

/** What makes a call this exact call. */
export interface HashedCall {
  readonly layer: Layer;
  readonly actionName: string;
  readonly chainId?: string;
  readonly walletAddress?: string;
  /** Plain, tagged JSON. */
  readonly args: unknown;
}

/** The hash that binds approvals and receipts to one exact call (section 3 of the design). */
export function actionHash({ layer, actionName, chainId, walletAddress, args }: HashedCall): string {
  const call = {
    layer,
    actionName,
    ...(chainId === undefined ? {} : { chainId }),
    ...(walletAddress === undefined ? {} : { walletAddress }),
    args,
  };
  return sha256Hex(`agentkit-policy/action/v1\n${canonicalJson(call)}`);
}
