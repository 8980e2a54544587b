// Coroutines that tell the flight recorder while they are being stepped. Written against Python's own interface: this
// runs once per step of every handler.
#include <pybind11/pybind11.h>

#include <atomic>
#include <cstdint>
#include <utility>

#include "bindings/bindings.hpp"
#include "bindings/exchange.hpp"
#include "bindings/forked.hpp"
#include "bindings/recorder.hpp"

namespace py = pybind11;

namespace spikard::bindings {
namespace {

// The loop's.
constexpr uint32_t kCell = 0;

struct Steps {
  PyObject ob_base;
  PyObject* coroutine;
  PyObject* exchange;  // keeps the memory of `cell`
  uint64_t* cell;
  uint64_t number;
};

PyTypeObject* steps_type = nullptr;
// The exchange that this thread steps, borrowed from its Steps.
thread_local PyObject* stepped = nullptr;
PyObject* throw_name = nullptr;
PyObject* close_name = nullptr;

Steps* As(PyObject* self) { return reinterpret_cast<Steps*>(self); }

// While it lives, the exchange is being stepped.
class Mark {
 public:
  explicit Mark(const Steps& steps) : Mark(steps.cell, steps.number, steps.exchange) {}
  // Without a cell it is not told.
  Mark(uint64_t* cell, uint64_t number, PyObject* exchange) : cell_(cell) {
    if (cell_ == nullptr) return;
    number_ = Cell().load(std::memory_order_relaxed);
    stepped_ = std::exchange(stepped, exchange);
    Cell().store(number, std::memory_order_release);
  }
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;
  ~Mark() {
    EndIfForked(begun_in_);
    if (cell_ == nullptr) return;
    stepped = stepped_;
    Cell().store(number_, std::memory_order_release);
  }

 private:
  std::atomic_ref<uint64_t> Cell() const { return std::atomic_ref<uint64_t>(*cell_); }

  uint64_t* const cell_;
  const pid_t begun_in_ = OwnPid();
  // What was there before.
  uint64_t number_ = 0;
  PyObject* stepped_ = nullptr;
};

PyObject* Send(PyObject* self, PyObject* value) {
  const Mark mark(*As(self));
  PyObject* result = nullptr;
  switch (PyIter_Send(As(self)->coroutine, value, &result)) {
    case PYGEN_NEXT:
      return result;
    case PYGEN_RETURN: {
      PyObject* end = result == Py_None ? nullptr : PyObject_CallOneArg(PyExc_StopIteration, result);
      Py_DECREF(result);
      PyErr_SetObject(PyExc_StopIteration, end);
      Py_XDECREF(end);
      return nullptr;
    }
    case PYGEN_ERROR:
      return nullptr;
  }
  return nullptr;
}

PyObject* Throw(PyObject* self, PyObject* error) {
  const Mark mark(*As(self));
  return PyObject_CallMethodOneArg(As(self)->coroutine, throw_name, error);
}

PyObject* Close(PyObject* self, PyObject*) {
  const Mark mark(*As(self));
  return PyObject_CallMethodNoArgs(As(self)->coroutine, close_name);
}

int Traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(As(self)->coroutine);
  Py_VISIT(As(self)->exchange);
  return 0;
}

int Clear(PyObject* self) {
  Py_CLEAR(As(self)->coroutine);
  Py_CLEAR(As(self)->exchange);
  return 0;
}

void Deallocate(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  Clear(self);
  PyObject_GC_Del(self);
  Py_DECREF(type);
}

// None is no exchange. False, and an error is set, if it is neither.
bool TakeExchange(PyObject* object, const Exchange*& x) {
  x = object != Py_None ? ExchangeOf(object) : nullptr;
  return x != nullptr || object == Py_None;
}

PyObject* MakeSteps(PyObject*, PyObject* const* arguments, Py_ssize_t count) {
  if (count != 2) return PyErr_Format(PyExc_TypeError, "steps takes a coroutine and an exchange");
  const Exchange* x = nullptr;
  if (!TakeExchange(arguments[1], x)) return nullptr;
  Py_INCREF(arguments[0]);
  if (x == nullptr || x->recorder == nullptr) return arguments[0];
  Steps* steps = PyObject_GC_New(Steps, steps_type);
  if (steps == nullptr) {
    Py_DECREF(arguments[0]);
    return nullptr;
  }
  Py_INCREF(arguments[1]);
  steps->coroutine = arguments[0];
  steps->exchange = arguments[1];
  steps->cell = x->recorder->CellAddress(kCell);
  steps->number = x->number;
  PyObject_GC_Track(steps);
  return reinterpret_cast<PyObject*>(steps);
}

// The first step, without an object for the steps: mostly it is the only one. In a copy of the context, which is given
// back with what the coroutine waits for; None if it has ended.
PyObject* FirstStep(PyObject*, PyObject* const* arguments, Py_ssize_t count) {
  if (count != 2) return PyErr_Format(PyExc_TypeError, "first_step takes a coroutine and an exchange");
  const Exchange* x = nullptr;
  if (!TakeExchange(arguments[1], x)) return nullptr;
  PyObject* context = PyContext_CopyCurrent();
  if (context == nullptr) return nullptr;
  PyObject* result = nullptr;
  PySendResult sent = PYGEN_ERROR;
  if (PyContext_Enter(context) == 0) {
    {
      const bool told = x != nullptr && x->recorder != nullptr;
      const Mark mark(told ? x->recorder->CellAddress(kCell) : nullptr, told ? x->number : 0, arguments[1]);
      sent = PyIter_Send(arguments[0], Py_None, &result);
    }
    if (PyContext_Exit(context) != 0) {
      Py_CLEAR(result);
      sent = PYGEN_ERROR;
    }
  }
  PyObject* waits = nullptr;
  if (sent == PYGEN_NEXT) waits = PyTuple_Pack(2, context, result);
  if (sent == PYGEN_RETURN) waits = Py_NewRef(Py_None);
  Py_XDECREF(result);
  Py_DECREF(context);
  return waits;
}

PyObject* Begin(PyObject*, PyObject* exchange) {
  const Exchange* x = ExchangeOf(exchange);
  if (x == nullptr) return nullptr;
  return PyBool_FromLong(x->recorder == nullptr || x->recorder->Begin(x->slot, x->number));
}

PyObject* CallFor(PyObject*, PyObject* const* arguments, Py_ssize_t count) {
  if (count < 3) return PyErr_Format(PyExc_TypeError, "call_for takes an exchange, a cell and a function");
  const auto call = [&] {
    return PyObject_Vectorcall(arguments[2], arguments + 3, static_cast<size_t>(count - 3), nullptr);
  };
  const unsigned long cell = PyLong_AsUnsignedLong(arguments[1]);
  if (cell == static_cast<unsigned long>(-1) && PyErr_Occurred() != nullptr) return nullptr;
  const Exchange* x = nullptr;
  if (!TakeExchange(arguments[0], x)) return nullptr;
  if (x == nullptr || x->recorder == nullptr || cell >= x->recorder->cells()) return call();
  const Mark mark(x->recorder->CellAddress(static_cast<uint32_t>(cell)), x->number, arguments[0]);
  return call();
}

PyObject* Stepped(PyObject*, PyObject*) {
  PyObject* exchange = stepped != nullptr ? stepped : Py_None;
  Py_INCREF(exchange);
  return exchange;
}

PyMethodDef methods[] = {{"send", Send, METH_O, nullptr},
                         {"throw", Throw, METH_O, nullptr},
                         {"close", Close, METH_NOARGS, nullptr},
                         {nullptr, nullptr, 0, nullptr}};

PyType_Slot slots[] = {{Py_tp_methods, methods},
                       {Py_tp_traverse, reinterpret_cast<void*>(Traverse)},
                       {Py_tp_clear, reinterpret_cast<void*>(Clear)},
                       {Py_tp_dealloc, reinterpret_cast<void*>(Deallocate)},
                       {0, nullptr}};

PyType_Spec spec = {"spikard._native.Steps", sizeof(Steps), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots};

PyMethodDef functions[] = {
    {"steps", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(MakeSteps)), METH_FASTCALL, nullptr},
    {"first_step", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(FirstStep)), METH_FASTCALL, nullptr},
    {"begin", Begin, METH_O, nullptr},
    {"call_for", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(CallFor)), METH_FASTCALL, nullptr},
    {"stepped", Stepped, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void BindSteps(py::module_& module) {
  steps_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  throw_name = PyUnicode_InternFromString("throw");
  close_name = PyUnicode_InternFromString("close");
  if (steps_type == nullptr || throw_name == nullptr || close_name == nullptr ||
      PyModule_AddFunctions(module.ptr(), functions) != 0) {
    throw py::error_already_set();
  }
}

}  // namespace spikard::bindings
