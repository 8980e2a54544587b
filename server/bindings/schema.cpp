#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bindings/bindings.hpp"
#include "schema/compile.hpp"
#include "schema/parse.hpp"
#include "schema/validate.hpp"

namespace spikard::bindings {

namespace py = pybind11;

namespace {

// One document per thread: validating again and again allocates nothing. What one huge text left behind is
// given back.
constexpr size_t kMemoryKept = size_t{64} << 20;

class ThreadDocument {
 public:
  ThreadDocument() : document_(Instance()) {}
  ~ThreadDocument() {
    if (document_.MemoryHeld() > kMemoryKept) document_.Release();
  }
  schema::Document& operator*() { return document_; }

 private:
  static schema::Document& Instance() {
    thread_local schema::Document document;
    return document;
  }
  schema::Document& document_;
};

// A Python exception type of this module, made once.
PyObject* schema_error = nullptr;

std::string_view View(const py::handle& text) {
  if (PyBytes_Check(text.ptr())) {
    return {PyBytes_AS_STRING(text.ptr()), static_cast<size_t>(PyBytes_GET_SIZE(text.ptr()))};
  }
  if (PyUnicode_Check(text.ptr())) {
    Py_ssize_t size = 0;
    const char* data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
    if (data == nullptr) throw py::error_already_set();
    return {data, static_cast<size_t>(size)};
  }
  throw py::type_error("expected bytes or str");
}

std::optional<std::string> Optional(const py::object& text) {
  if (text.is_none()) return std::nullopt;
  return std::string(View(text));
}

// The metaschemas of the drafts come from the package jsonschema-specifications if it is installed.
std::optional<std::string> Metaschema(std::string_view uri) {
  if (uri.find("//json-schema.org/draft") == std::string_view::npos) return std::nullopt;
  try {
    const py::object registry = py::module_::import("jsonschema_specifications").attr("REGISTRY");
    const py::object contents = registry.attr("contents")(py::str(uri.data(), uri.size()));
    return std::string(View(py::module_::import("json").attr("dumps")(contents)));
  } catch (py::error_already_set& error) {
    if (error.matches(PyExc_ImportError) || error.matches(PyExc_LookupError)) return std::nullopt;
    throw;
  }
}

std::optional<std::string> Resolve(const py::object& remotes, std::string_view uri) {
  std::optional<std::string> text;
  const py::str key(uri.data(), uri.size());
  if (PyCallable_Check(remotes.ptr()) != 0) {
    text = Optional(remotes(key));
  } else if (!remotes.is_none()) {
    text = Optional(remotes.attr("get")(key));
  }
  return text ? text : Metaschema(uri);
}

// One violation, as Python sees it: everything copied, nothing refers to the instance any more.
struct Violation {
  py::tuple path;
  std::string pointer;
  std::string keyword;
  py::bytes params;
  py::bytes instance;
  std::string property;
  std::string location;
};

Violation Convert(const schema::Error& error) {
  py::tuple path(error.path.size());
  for (size_t i = 0; i < error.path.size(); ++i) {
    if (const auto* name = std::get_if<std::string>(&error.path[i])) {
      path[i] = py::str(*name);
    } else {
      path[i] = py::int_(std::get<size_t>(error.path[i]));
    }
  }
  auto bytes = [](std::string_view text) { return py::bytes(text.data(), text.size()); };
  return {std::move(path),     error.pointer(),       std::string(error.keyword_name()),
          bytes(error.params), bytes(error.instance), error.property,
          error.location};
}

class Schema {
 public:
  Schema(const py::object& schema_json, bool format_assertion, const py::object& remotes) {
    schema::CompileOptions options;
    options.assert_format = format_assertion;
    options.resolver = [&remotes](std::string_view uri) { return Resolve(remotes, uri); };
    schema::CompileResult result = schema::Compile(View(schema_json), options);
    if (const auto* error = std::get_if<schema::CompileError>(&result)) {
      std::string message = error->message + " (at " + error->uri + "#" + error->pointer + ")";
      PyErr_SetString(schema_error, message.c_str());
      throw py::error_already_set();
    }
    program_ = std::get<std::shared_ptr<const schema::Program>>(std::move(result));
  }

  bool IsValid(const py::object& json) const {
    ThreadDocument document;
    Parse(json, *document);
    return schema::IsValid(*program_, *document);
  }

  std::vector<Violation> Validate(const py::object& json, size_t max_errors, bool explain) const {
    ThreadDocument document;
    Parse(json, *document);
    std::vector<Violation> violations;
    for (const schema::Error& error :
         schema::Validate(*program_, *document, {.max_errors = max_errors, .explain_alternatives = explain})) {
      violations.push_back(Convert(error));
    }
    return violations;
  }

 private:
  static void Parse(const py::object& json, schema::Document& document) {
    const schema::ParseOutcome outcome = schema::Parse(View(json), document);
    if (outcome.ok()) return;
    throw py::value_error(std::string(Describe(outcome.code)) + " at byte " + std::to_string(outcome.offset));
  }

  std::shared_ptr<const schema::Program> program_;
};

}  // namespace

void BindSchema(py::module_& module) {
  schema_error =
      PyErr_NewExceptionWithDoc("spikard._native.SchemaError", "The schema itself is wrong, or cannot be had or used.",
                                PyExc_ValueError, nullptr);
  module.add_object("SchemaError", py::reinterpret_borrow<py::object>(schema_error));

  py::class_<Violation>(module, "SchemaViolation", "One way in which an instance breaks a schema.")
      .def_readonly("path", &Violation::path, "Where in the instance: names and positions.")
      .def_readonly("pointer", &Violation::pointer, "The same as a JSON Pointer.")
      .def_readonly("keyword", &Violation::keyword, "The keyword that failed; 'false' for the schema false.")
      .def_readonly("params", &Violation::params, "The keyword's value, as JSON.")
      .def_readonly("instance", &Violation::instance, "The value at `path`, as JSON.")
      .def_readonly("property", &Violation::property, "The member that is missing or too much, else ''.")
      .def_readonly("location", &Violation::location, "The absolute location of the keyword.")
      .def("__repr__", [](const Violation& violation) {
        return "<SchemaViolation " + violation.keyword + " at '" + violation.pointer + "'>";
      });

  py::class_<Schema>(module, "Schema",
                     "A compiled JSON Schema (draft 2020-12; 2019-09, 07 and 06 by $schema). Raises SchemaError.")
      .def(py::init<const py::object&, bool, const py::object&>(), py::arg("schema_json"), py::kw_only(),
           py::arg("format_assertion") = false, py::arg("remotes") = py::none(),
           "schema_json: the schema as JSON text. format_assertion: whether `format` asserts. remotes: a "
           "mapping or a "
           "callable that gives the JSON text of a schema by its URI, or None.")
      .def("is_valid", &Schema::IsValid, py::arg("json"), py::pos_only(),
           "Whether a JSON text is valid. Raises ValueError if it is no acceptable JSON.")
      .def("validate", &Schema::Validate, py::arg("json"), py::pos_only(), py::kw_only(), py::arg("max_errors") = 100,
           py::arg("explain_alternatives") = false,
           "Every SchemaViolation of a JSON text, [] if it is valid. Raises ValueError if it is no "
           "acceptable JSON.");
}

}  // namespace spikard::bindings
