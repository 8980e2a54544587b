// The worker's ends of the data channel and the attach socket: bytes in, Python values out, and back.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bindings/bindings.hpp"
#include "bindings/exchange.hpp"
#include "bindings/forked.hpp"
#include "protocol/codec.hpp"

namespace py = pybind11;

namespace spikard::bindings {
namespace {

// What has come cannot be trusted, or something before it is missing: the connection has to be given up.
struct ChannelLost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string_view View(const py::bytes& bytes) {
  return {PyBytes_AS_STRING(bytes.ptr()), static_cast<size_t>(PyBytes_GET_SIZE(bytes.ptr()))};
}

std::string_view Text(const py::handle& text) {
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (data == nullptr) throw py::error_already_set();
  return {data, static_cast<size_t>(size)};
}

// A message about the worker itself, as (name, values ...); a request as (Exchange, its number, its route, whether
// its body comes in chunks).
py::object ToPython(const protocol::Message& message, const std::shared_ptr<const Batch>& batch) {
  const auto& payload = message.payload;
  if (const auto* m = std::get_if<protocol::Request>(&payload)) {
    const bool streams = m->body_kind >= protocol::BodyKind::kStream;
    return py::make_tuple(MakeExchange(batch, message), message.exchange, m->route, streams);
  }
  if (const auto* m = std::get_if<protocol::Window>(&payload)) {
    return py::make_tuple("window", message.exchange, m->bytes);
  }
  if (const auto* m = std::get_if<protocol::Chunk>(&payload)) {
    return py::make_tuple("chunk", message.exchange, BytesOf(*batch, m->body.bytes), m->last);
  }
  if (const auto* m = std::get_if<protocol::Cancel>(&payload)) {
    return py::make_tuple("cancel", message.exchange, m->reason == protocol::CancelReason::kDeadline);
  }
  if (std::holds_alternative<protocol::ManifestWanted>(payload)) return py::make_tuple("manifest_wanted");
  if (const auto* m = std::get_if<protocol::Welcome>(&payload)) {
    return py::make_tuple("welcome", m->generation, m->slots, m->max_batch, m->window);
  }
  if (const auto* m = std::get_if<protocol::Refused>(&payload)) {
    const bool final =
        m->reason == protocol::RefusalReason::kVersion || m->reason == protocol::RefusalReason::kManifest;
    return py::make_tuple("refused", final, std::string(m->detail));
  }
  if (const auto* m = std::get_if<protocol::Ping>(&payload)) return py::make_tuple("ping", m->number);
  if (const auto* m = std::get_if<protocol::Drain>(&payload)) return py::make_tuple("drain", m->leaving);
  if (std::holds_alternative<protocol::Goodbye>(payload)) return py::make_tuple("goodbye");
  throw ChannelLost("a message that the front end does not send");
}

class Inbox {
 public:
  Inbox(uint64_t incarnation, std::shared_ptr<Recorder> recorder)
      : incarnation_(incarnation), recorder_(std::move(recorder)) {}

  py::list Read(std::vector<py::bytes> frames) {
    auto batch = std::make_shared<Batch>();
    batch->frames = std::move(frames);
    batch->recorder = recorder_;
    std::vector<std::string_view> views;
    for (const py::bytes& frame : batch->frames) views.push_back(View(frame));
    // Exchanges outlive the reader's own aligned copy, so frame 0 is copied to where they can share it.
    if (!views.empty()) {
      batch->head.resize((views[0].size() + 7) / 8);
      std::memcpy(batch->head.data(), views[0].data(), views[0].size());
      views[0] = {reinterpret_cast<const char*>(batch->head.data()), views[0].size()};
      batch->frames[0] = py::bytes();
    }
    Check(reader_.Open(std::move(views)));
    py::list messages;
    if (reader_.Head().incarnation != incarnation_) return messages;
    if (reader_.Head().sequence != ++received_) throw ChannelLost("a batch is missing");
    for (;;) {
      protocol::Message message;
      bool end = false;
      Check(reader_.Next(&message, &end));
      if (end) return messages;
      messages.append(ToPython(message, batch));
    }
  }

 private:
  static void Check(protocol::Errc error) {
    if (error != protocol::Errc::kOk) throw ChannelLost(std::string(protocol::Describe(error)));
  }

  const uint64_t incarnation_;
  const std::shared_ptr<Recorder> recorder_;
  uint64_t received_ = 0;
  protocol::BatchReader reader_;
};

// Texts, or the octets that they stand for.
using Pairs = std::vector<std::pair<py::object, py::object>>;

// What is collected for one batch before it has to leave, in bytes.
constexpr size_t kEnoughForABatch = 16 * 1024 * 1024;
// How long a turn goes on before what it has answered leaves: the front end writes answers while the next handlers run.
constexpr std::chrono::microseconds kPatience{500};

class Outbox {
 public:
  // on_first: something was put into it while it was empty; true if a turn begins with that. on_full: it is to be
  // sealed now.
  Outbox(uint64_t incarnation, py::function on_first, py::function on_full)
      : incarnation_(incarnation), on_first_(std::move(on_first)), on_full_(std::move(on_full)) {}

  // batch: what is collected for one, in bytes; body: what one may have.
  void Limit(size_t batch, size_t body) {
    limit_ = std::min(limit_, batch);
    body_limit_ = body;
  }
  size_t body_limit() const { return body_limit_; }
  // What is put into it from now on is to leave together, unless it takes too long.
  void BeginTurn() { since_ = std::chrono::steady_clock::now(); }
  // Whoever listens holds this, and would never be freed.
  void Close() { on_first_ = on_full_ = py::none(); }

  void Hello(const py::bytes& token, uint32_t pid, const std::string& runtime, uint32_t slots,
             const py::bytes& manifest_hash, uint32_t max_batch) {
    protocol::Hello hello;
    hello.token = View(token);
    hello.pid = pid;
    hello.language = "python";
    hello.runtime = runtime;
    hello.slots = slots;
    hello.manifest_hash = View(manifest_hash);
    hello.max_batch = max_batch;
    Put({0, 0, hello});
  }
  void Manifest(const py::bytes& manifest) { Put({0, 0, protocol::ManifestOffer{View(manifest)}}); }
  void Ready() { Put({0, 0, protocol::Ready{}}); }
  void Pong(uint64_t number) { Put({0, 0, protocol::Pong{number}}); }
  void Leaving() { Put({0, 0, protocol::Leaving{}}); }
  void Goodbye() { Put({0, 0, protocol::Goodbye{}}); }

  // False, and nothing is done, if the body is too large for one message.
  bool Json(const Exchange& x, uint16_t status, const py::bytes& body) {
    constexpr protocol::Field kJson[] = {{"content-type", "application/json"}};
    return Add(x, status, kJson, body);
  }

  bool Respond(const Exchange& x, uint16_t status, const Pairs& headers, const py::bytes& body) {
    std::vector<std::string> latin1;
    return Add(x, status, Fields(headers, latin1), body);
  }

  void Problem(const Exchange& x, uint16_t status, const std::string& slug, const std::string& detail,
               const py::bytes& errors, const Pairs& headers) {
    const size_t size = detail.size() + View(errors).size();
    if (size > body_limit_) throw py::value_error("no message has room for " + std::to_string(size) + " bytes");
    std::vector<std::string> latin1;
    const std::vector<protocol::Field> fields = Fields(headers, latin1);
    protocol::Problem problem;
    problem.status = status;
    problem.slug = slug;
    problem.detail = detail;
    problem.errors = View(errors);
    problem.headers = fields;
    Put({x.number, x.slot, problem}, &x);
  }

  // The beginning of a response that Chunk goes on with.
  void Begin(const Exchange& x, uint16_t status, const Pairs& headers) {
    std::vector<std::string> latin1;
    const std::vector<protocol::Field> fields = Fields(headers, latin1);
    protocol::Response response;
    response.status = status;
    response.headers = fields;
    response.last = false;
    Put({x.number, x.slot, response});
  }

  void Chunk(const Exchange& x, const py::bytes& body, bool last) {
    Put({x.number, x.slot, protocol::Chunk{{View(body)}, last, {}}}, last ? &x : nullptr);
  }

  void Window(uint64_t exchange, uint32_t slot, uint32_t bytes) { Put({exchange, slot, protocol::Window{bytes}}); }

  void Return(const Exchange& x) { Put({x.number, x.slot, protocol::Returned{}}); }

  bool Empty() const { return writer_.Empty(); }
  // Whether this process was forked off the one that it belongs to.
  bool Forked() const { return owner_ != OwnPid(); }

  py::list Seal() {
    BeginTurn();
    const std::vector<protocol::Frame> frames = writer_.Seal({incarnation_, ++sent_});
    py::list list;
    for (const protocol::Frame& frame : frames) list.append(py::bytes(frame.bytes.data(), frame.bytes.size()));
    return list;
  }

 private:
  bool Add(const Exchange& x, uint16_t status, protocol::Fields headers, const py::bytes& body) {
    if (View(body).size() > body_limit_) return false;
    protocol::Response response;
    response.status = status;
    response.headers = headers;
    response.body = {View(body)};
    Put({x.number, x.slot, response}, &x);
    return true;
  }

  void Put(const protocol::Message& message, const Exchange* answered = nullptr) {
    EndIfForked(owner_);
    const bool first = writer_.Empty();
    writer_.Add(message);
    // From now on the answer may be on its way: who reads the recorder of a dead worker waits for it.
    if (answered != nullptr && answered->recorder) answered->recorder->Answer(answered->slot, answered->number);
    if (first && !on_first_.is_none() && on_first_().cast<bool>()) BeginTurn();
    const bool late = std::chrono::steady_clock::now() - since_ >= kPatience;
    const bool full = late || writer_.Full() || writer_.Size() >= limit_;
    if (full && !on_full_.is_none()) on_full_();
  }

  static std::vector<protocol::Field> Fields(const Pairs& headers, std::vector<std::string>& latin1) {
    std::vector<protocol::Field> fields;
    fields.reserve(headers.size());
    latin1.reserve(2 * headers.size());
    for (const auto& [name, value] : headers) fields.push_back({Octets(name, latin1), Octets(value, latin1)});
    return fields;
  }

  // Header text is Latin-1 on the wire; what is ASCII is the same in UTF-8 and needs no copy.
  static std::string_view Octets(const py::object& text, std::vector<std::string>& store) {
    if (PyBytes_Check(text.ptr())) return View(py::reinterpret_borrow<py::bytes>(text));
    if (!PyUnicode_Check(text.ptr())) throw py::type_error("a header field is neither bytes nor str");
    if (PyUnicode_IS_ASCII(text.ptr())) return Text(text);
    const auto encoded = py::reinterpret_steal<py::bytes>(PyUnicode_AsLatin1String(text.ptr()));
    if (!encoded) throw py::error_already_set();
    return store.emplace_back(View(encoded));
  }

  const uint64_t incarnation_;
  const pid_t owner_ = OwnPid();
  uint64_t sent_ = 0;
  size_t limit_ = kEnoughForABatch;
  size_t body_limit_ = 0;
  std::chrono::steady_clock::time_point since_;
  protocol::BatchWriter writer_;
  py::object on_first_;
  py::object on_full_;
};

// `Outbox.json`, which most answers are, without what pybind11 does for each call.
PyObject* Json(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  if (count != 3 || !PyBytes_Check(arguments[2])) {
    return PyErr_Format(PyExc_TypeError, "json takes an exchange, a status and bytes");
  }
  const Exchange* x = ExchangeOf(arguments[0]);
  if (x == nullptr) return nullptr;
  const long status = PyLong_AsLong(arguments[1]);
  if (status == -1 && PyErr_Occurred() != nullptr) return nullptr;
  if (!std::in_range<uint16_t>(status)) return PyErr_Format(PyExc_OverflowError, "no status: %ld", status);
  // The descriptor sees to it that it is an Outbox.
  auto& outbox = *reinterpret_cast<py::detail::instance*>(self)->get_value_and_holder().value_ptr<Outbox>();
  try {
    const bool taken = outbox.Json(*x, static_cast<uint16_t>(status), py::reinterpret_borrow<py::bytes>(arguments[2]));
    return PyBool_FromLong(taken);
  } catch (py::error_already_set& error) {
    error.restore();
    return nullptr;
  } catch (const std::bad_alloc&) {
    return PyErr_NoMemory();
  }
}
PyMethodDef json_method = {"json", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(Json)), METH_FASTCALL,
                           nullptr};

py::bytes EncodeAttach(uint32_t pid, uint32_t slots) { return protocol::EncodeControl(protocol::Attach{pid, slots}); }

// (name, values ...), as for messages of the data channel.
py::tuple DecodeControl(const py::bytes& packet) {
  std::string scratch;
  protocol::Payload payload;
  const protocol::Errc error = protocol::DecodeControl(View(packet), &scratch, &payload);
  if (error != protocol::Errc::kOk) throw ChannelLost(std::string(protocol::Describe(error)));
  if (const auto* m = std::get_if<protocol::Attached>(&payload)) {
    return py::make_tuple("attached", py::bytes(m->token.data(), m->token.size()), m->incarnation,
                          std::string(m->endpoint));
  }
  if (const auto* m = std::get_if<protocol::Refused>(&payload))
    return py::make_tuple("refused", std::string(m->detail));
  if (const auto* m = std::get_if<protocol::Drain>(&payload)) return py::make_tuple("drain", m->leaving);
  throw ChannelLost("a control message that the front end does not send");
}

}  // namespace

void BindChannel(py::module_& module) {
  py::register_exception<ChannelLost>(module, "ChannelLost", PyExc_ConnectionError);
  BindExchange(module);
  py::class_<Inbox>(module, "Inbox")
      .def(py::init<uint64_t, std::shared_ptr<Recorder>>(), py::arg("incarnation"), py::arg("recorder").none(true))
      .def("read", &Inbox::Read, py::arg("frames"));
  py::class_<Outbox> outbox(module, "Outbox");
  outbox
      .def(py::init<uint64_t, py::function, py::function>(), py::arg("incarnation"), py::arg("on_first"),
           py::arg("on_full"))
      .def("hello", &Outbox::Hello, py::kw_only(), py::arg("token"), py::arg("pid"), py::arg("runtime"),
           py::arg("slots"), py::arg("manifest_hash"), py::arg("max_batch"))
      .def("manifest", &Outbox::Manifest, py::arg("manifest"))
      .def("ready", &Outbox::Ready)
      .def("pong", &Outbox::Pong, py::arg("number"))
      .def("leaving", &Outbox::Leaving)
      .def("goodbye", &Outbox::Goodbye)
      .def("respond", &Outbox::Respond, py::arg("exchange"), py::arg("status"), py::arg("headers"), py::arg("body"))
      .def("problem", &Outbox::Problem, py::arg("exchange"), py::arg("status"), py::arg("slug") = "",
           py::arg("detail") = "", py::arg("errors") = py::bytes(), py::arg("headers") = Pairs())
      .def("begin", &Outbox::Begin, py::arg("exchange"), py::arg("status"), py::arg("headers"))
      .def("chunk", &Outbox::Chunk, py::arg("exchange"), py::arg("body"), py::arg("last"))
      .def("window", &Outbox::Window, py::arg("number"), py::arg("slot"), py::arg("size"))
      .def("return_", &Outbox::Return, py::arg("exchange"))
      .def("seal", &Outbox::Seal)
      .def("begin_turn", &Outbox::BeginTurn)
      .def("limit", &Outbox::Limit, py::arg("batch"), py::arg("body"))
      .def_property_readonly("body_limit", &Outbox::body_limit)
      .def("close", &Outbox::Close)
      .def_property_readonly("empty", &Outbox::Empty)
      .def_property_readonly("forked", &Outbox::Forked);
  outbox.attr("json") =
      py::reinterpret_steal<py::object>(PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(outbox.ptr()), &json_method));
  module.def("encode_attach", &EncodeAttach, py::arg("pid"), py::arg("slots"));
  module.def("decode_control", &DecodeControl, py::arg("packet"));
}

}  // namespace spikard::bindings
