// One request as the worker sees it. Python values are made when they are asked for: most handlers ask for few.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/recorder.hpp"
#include "protocol/message.hpp"

namespace spikard::bindings {

// The memory of a batch, shared by the exchanges that came in it.
struct Batch {
  std::vector<uint64_t> head;           // frame 0, aligned
  std::vector<pybind11::bytes> frames;  // all frames as they were received
};

struct Exchange {
  uint64_t number = 0;
  uint32_t slot = 0;
  bool gone = false;                            // the front end wants no answer any more
  pybind11::object on_gone = pybind11::none();  // called when it becomes so; whoever sets it takes it away again
  std::shared_ptr<Recorder> recorder;           // null: the worker has none
  std::shared_ptr<const Batch> batch;
  protocol::Request request;  // its views point into the batch; its spans into the vectors below
  std::vector<protocol::Field> headers;
  std::vector<std::string_view> path_parameters;
  // Of a body that is streamed: who reads it, and what it was when it had come.
  pybind11::object incoming = pybind11::none();
  std::optional<pybind11::bytes> collected;
  pybind11::object spool = pybind11::none();  // instead, where it was too much for memory
  bool kept = false;
  bool given_away = false;
};

// Some bytes of a batch as a Python value.
pybind11::bytes BytesOf(const Batch& batch, std::string_view bytes);

// Makes an exchange of a request that a reader of `batch` has just read.
std::unique_ptr<Exchange> MakeExchange(std::shared_ptr<const Batch> batch, std::shared_ptr<Recorder> recorder,
                                       const protocol::Message& message);

void BindExchange(pybind11::module_& module);

}  // namespace spikard::bindings
