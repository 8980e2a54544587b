// Why the front end answers a request itself. problem.cpp maps each to a status, the only file that does.
#pragma once

namespace spikard::http {

enum class Fault {
  kNone,
  // The bytes of the request.
  kMalformed,           // not HTTP, or not allowed by RFC 9112
  kUnsupportedVersion,  // neither HTTP/1.0 nor HTTP/1.1
  kUnsupportedCoding,   // a transfer coding other than chunked
  kUnsupportedMethod,   // CONNECT
  kUriTooLong,
  kHeaderTooLarge,
  kBodyTooLarge,
  kRequestTimeout,  // not read in time
  kIncomplete,      // the client has ended its side in the middle of it
  kNoRoom,          // the disk does not take it, or does not give it back
  kClientGone,      // nobody is left to answer
  // What it asks for.
  kBadTarget,  // a target or percent-encoding that means nothing
  kNotFound,
  kMethodNotAllowed,
  kInvalidRequest,  // parameters or body break their schema
  kBadBody,         // a declared body that is no JSON, no form, or not the coding it says
  // Who should answer it.
  kNoWorker,  // held too long without a worker
  kQueueFull,
  kStopping,
  kWorkerLost,  // the worker that had begun it is gone, and it must not run twice
  kPoisoned,    // workers have died of it, one after another
  kBadAnswer,   // the worker's answer is no HTTP response
  kDeadline,    // the worker has not begun to answer in time
};

}  // namespace spikard::http
