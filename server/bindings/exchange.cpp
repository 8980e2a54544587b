#include "bindings/exchange.hpp"

#include <new>
#include <utility>

#include "bindings/bindings.hpp"

namespace py = pybind11;

namespace spikard::bindings {
namespace {

struct Object {
  PyObject ob_base;
  Exchange value;
};

PyTypeObject* type = nullptr;

Exchange& Value(PyObject* self) { return reinterpret_cast<Object*>(self)->value; }

// What HTTP carries as text: octets, read as Latin-1 so that nothing is lost (RFC 9110 section 5.5).
py::str Latin1(std::string_view text) {
  return py::reinterpret_steal<py::str>(
      PyUnicode_DecodeLatin1(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr));
}

py::bytes Bytes(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

py::list Headers(const Exchange& x) {
  py::list list(x.headers.size());
  for (size_t i = 0; i < x.headers.size(); ++i) {
    list[i] = py::make_tuple(Latin1(x.headers[i].name), Latin1(x.headers[i].value));
  }
  return list;
}

py::list RawHeaders(const Exchange& x) {
  py::list list(x.headers.size());
  for (size_t i = 0; i < x.headers.size(); ++i) {
    list[i] = py::make_tuple(Bytes(x.headers[i].name), Bytes(x.headers[i].value));
  }
  return list;
}

py::list PathParameters(const Exchange& x) {
  py::list list(x.path_parameters.size());
  for (size_t i = 0; i < x.path_parameters.size(); ++i) {
    list[i] = py::str(x.path_parameters[i].data(), x.path_parameters[i].size());  // UTF-8: the front end has checked
  }
  return list;
}

py::object Body(Exchange& x) {
  if (!x.collected && !x.spool.is_none()) x.collected = x.spool.attr("whole")().cast<py::bytes>();
  return x.collected ? *x.collected : BytesOf(*x.batch, x.request.body.bytes);
}

void SetBody(Exchange& x, py::handle body) { x.collected = py::cast<py::bytes>(body); }

// ---- an attribute each

template <auto kGet>
PyObject* Get(PyObject* self, void*) {
  try {
    return py::object(kGet(Value(self))).release().ptr();
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const py::cast_error& error) {
    PyErr_SetString(PyExc_TypeError, error.what());
  }
  return nullptr;
}

template <auto kSet>
int Set(PyObject* self, PyObject* value, void*) {
  if (value == nullptr) {
    PyErr_SetString(PyExc_AttributeError, "an exchange keeps its attributes");
    return -1;
  }
  try {
    kSet(Value(self), py::handle(value));
    return 0;
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const py::cast_error& error) {
    PyErr_SetString(PyExc_TypeError, error.what());
  }
  return -1;
}

template <auto kGet>
constexpr PyGetSetDef Reads(const char* name) {
  return {name, Get<kGet>, nullptr, nullptr, nullptr};
}

template <bool Exchange::* kMember>
constexpr PyGetSetDef Flag(const char* name) {
  return {name, Get<[](const Exchange& x) { return py::bool_(x.*kMember); }>,
          Set<[](Exchange& x, py::handle value) { x.*kMember = value.cast<bool>(); }>, nullptr, nullptr};
}

template <py::object Exchange::* kMember>
constexpr PyGetSetDef Any(const char* name) {
  return {name, Get<[](const Exchange& x) { return x.*kMember; }>, Set<[](Exchange& x, py::handle value) {
            // What was there may look at the exchange as it goes.
            const auto before = std::exchange(x.*kMember, py::reinterpret_borrow<py::object>(value));
          }>,
          nullptr, nullptr};
}

PyGetSetDef attributes[] = {
    Reads<[](const Exchange& x) { return py::int_(x.number); }>("number"),
    Reads<[](const Exchange& x) { return py::int_(x.slot); }>("slot"),
    Reads<[](const Exchange& x) { return py::int_(x.request.route); }>("route"),
    Reads<[](const Exchange& x) { return Latin1(x.request.method); }>("method"),
    Reads<[](const Exchange& x) { return Latin1(x.request.target); }>("target"),
    Reads<PathParameters>("path_parameters"),
    Reads<[](const Exchange& x) { return Bytes(x.request.arguments); }>("arguments"),
    Reads<[](const Exchange& x) { return Bytes(x.request.form); }>("form"),
    Reads<[](const Exchange& x) { return Bytes(x.request.verdict); }>("verdict"),
    Reads<Headers>("headers"),
    Reads<RawHeaders>("raw_headers"),
    Reads<[](const Exchange& x) { return py::bool_(x.request.body_kind == protocol::BodyKind::kAwaited); }>("awaited"),
    Reads<[](const Exchange& x) { return Latin1(x.request.request_id); }>("request_id"),
    Reads<[](const Exchange& x) { return Latin1(x.request.scheme); }>("scheme"),
    Reads<[](const Exchange& x) { return py::make_tuple(Latin1(x.request.client_host), x.request.client_port); }>(
        "client"),
    Reads<[](const Exchange& x) { return py::int_(x.request.attempt); }>("attempt"),
    {"body", Get<Body>, Set<SetBody>, nullptr, nullptr},
    Any<&Exchange::on_gone>("on_gone"),
    Any<&Exchange::incoming>("incoming"),
    Any<&Exchange::spool>("spool"),
    Flag<&Exchange::gone>("gone"),
    Flag<&Exchange::kept>("kept"),
    Flag<&Exchange::given_away>("given_away"),
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

void Deallocate(PyObject* self) {
  PyTypeObject* const of = Py_TYPE(self);
  std::destroy_at(&Value(self));
  PyObject_Free(self);
  Py_DECREF(of);
}

PyType_Slot slots[] = {{Py_tp_getset, attributes}, {Py_tp_dealloc, reinterpret_cast<void*>(Deallocate)}, {0, nullptr}};

PyType_Spec spec = {"spikard._native.Exchange", sizeof(Object), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};

}  // namespace

py::bytes BytesOf(const Batch& batch, std::string_view bytes) {
  // A raw frame is the body and nothing else: no need to copy it.
  for (const py::bytes& frame : batch.frames) {
    if (PyBytes_AS_STRING(frame.ptr()) == bytes.data()) return frame;
  }
  return Bytes(bytes);
}

py::object MakeExchange(std::shared_ptr<const Batch> batch, const protocol::Message& message) {
  Object* object = PyObject_New(Object, type);
  if (object == nullptr) throw py::error_already_set();
  Exchange& x = *new (&object->value) Exchange;
  auto made = py::reinterpret_steal<py::object>(&object->ob_base);
  x.number = message.exchange;
  x.slot = message.slot;
  // A slot that the recorder does not have is not this worker's; the front end will see it.
  if (batch->recorder && x.slot < batch->recorder->view().slots()) {
    x.recorder = &batch->recorder->view();
    x.recorder->Expect(x.slot);
  }
  x.batch = std::move(batch);
  x.request = std::get<protocol::Request>(message.payload);
  x.headers.assign(x.request.headers.begin(), x.request.headers.end());
  x.path_parameters.assign(x.request.path_parameters.begin(), x.request.path_parameters.end());
  return made;
}

Exchange* ExchangeOf(PyObject* object) {
  if (Py_TYPE(object) == type) return &Value(object);
  PyErr_SetString(PyExc_TypeError, "not an Exchange");
  return nullptr;
}

void BindExchange(py::module_& module) {
  type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  if (type == nullptr) throw py::error_already_set();
  module.add_object("Exchange", py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(type)));
}

}  // namespace spikard::bindings
