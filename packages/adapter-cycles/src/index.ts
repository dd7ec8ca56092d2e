export { type CyclesAdapterParts, cycles, cyclesAdapter } from "./cycles-adapter.js";
export type { CyclesAdapterOptions } from "./cycles-adapter-options.js";
export {
  CyclesClient,
  type CyclesClientOptions,
  type CyclesFilter,
  type CyclesResult,
  type RequestOptions,
} from "./cycles-client.js";
export { type Destination, exchange, type HttpAnswer, type HttpRequest } from "./http-exchange.js";
export type { Price, PriceSource } from "./price.js";
export type { AnswerOf, ErrorCode, Operation } from "./wire/answers.js";
export type {
  Action,
  Amount,
  CommitRequest,
  DecideRequest,
  EventRequest,
  ExtendRequest,
  ReleaseRequest,
  ReserveRequest,
  Subject,
} from "./wire/requests.js";
export type { Level, OveragePolicy, ReservationStatus, Unit } from "./wire/values.js";
