// One request as the worker sees it. Python values are made when they are asked for: most handlers ask for few.
//
// The Python type is written against Python's own interface, not pybind11's: one is made for each request.
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
  std::shared_ptr<Recorder> recorder;   // of the worker; null: it has none
};

struct Exchange {
  uint64_t number = 0;
  uint32_t slot = 0;
  bool gone = false;                            // the front end wants no answer any more
  pybind11::object on_gone = pybind11::none();  // called when it becomes so; whoever sets it takes it away again
  protocol::RecorderView* recorder = nullptr;   // the batch's; null: there is none that has its slot
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
pybind11::object MakeExchange(std::shared_ptr<const Batch> batch, const protocol::Message& message);

// Null, and an error is set, if it is none.
Exchange* ExchangeOf(PyObject* object);

void BindExchange(pybind11::module_& module);

}  // namespace spikard::bindings

// Lets functions that pybind11 binds take one.
template <>
struct pybind11::detail::type_caster<spikard::bindings::Exchange> {
  static constexpr auto name = const_name("Exchange");
  template <typename>
  using cast_op_type = spikard::bindings::Exchange&;

  bool load(handle object, bool) {
    value_ = spikard::bindings::ExchangeOf(object.ptr());
    if (value_ == nullptr) PyErr_Clear();  // pybind11 words it, with all arguments
    return value_ != nullptr;
  }
  operator spikard::bindings::Exchange&() { return *value_; }

 private:
  spikard::bindings::Exchange* value_ = nullptr;
};
