/** CAIP-19, as the effects of an action may name assets of any chain. */
const anAsset = /^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}\/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(\/[-.%a-zA-Z0-9]{1,78})?$/;

/** The one way in which money of an EVM chain is named: its coin, its tokens, and what else a description of one's own may name. */
const anEvmAsset =
  /^eip155:[1-9]\d{0,31}\/(slip44:60|erc20:0x[0-9a-f]{40}|(?!slip44:|erc20:)[-a-z0-9]{3,8}:[-.%a-z0-9]{1,128}(\/[-.%a-z0-9]{1,78})?)$/;

const howToWrite =
  'write CAIP-19 in lower case, such as "eip155:84532/slip44:60" for a chain\'s coin, or "eip155:84532/erc20:0x…" for a token';

/**
 * What is wrong with a text that should name an asset, and what to write instead; undefined where nothing is. An attempt's assets are
 * compared letter by letter, so that one that is written otherwise would never be found.
 */
export function problemOfAsset(text: string): string | undefined {
  if (!/^eip155:/i.test(text)) return anAsset.test(text) ? undefined : `"${text}" is no asset: ${howToWrite}`;
  if (anEvmAsset.test(text)) return undefined;
  const lower = text.toLowerCase();
  if (anEvmAsset.test(lower)) return `the asset is not in lower case: write "${lower}"`;
  const chain = /^(eip155:[1-9]\d{0,31})\/slip44:\d+$/.exec(lower)?.[1];
  if (chain !== undefined) return `the coin of every eip155 chain is slip44:60: write "${chain}/slip44:60"`;
  return `"${text}" is no asset: ${howToWrite}`;
}
