// @ts-check
// What the tests use of AgentKit. All of a process has to take it from here, since two copies have two of each class.
import "./network-guard.mjs";
import oneFile from "./one-file.cjs";

export const { agentKit, baseSepolia } = oneFile;

export const {
  ActionProvider,
  AgentKit,
  customActionProvider,
  erc20ActionProvider,
  EvmWalletProvider,
  ViemWalletProvider,
  walletActionProvider,
  WalletProvider,
} = agentKit;
