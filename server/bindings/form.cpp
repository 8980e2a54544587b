// Forms that nobody has declared, read by the rules of those that the front end reads.
#include "stage/form.hpp"

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <string_view>

#include "bindings/bindings.hpp"
#include "http/problem.hpp"
#include "protocol/manifest.hpp"
#include "stage/content_type.hpp"

namespace py = pybind11;

namespace spikard::bindings {
namespace {

using http::Fault;

// A Python exception type of this module, made once: (status, detail) of what is answered.
PyObject* form_refused = nullptr;

[[noreturn]] void Refuse(uint16_t status, std::string_view detail) {
  const py::tuple arguments = py::make_tuple(status, std::string(detail));
  PyErr_SetObject(form_refused, arguments.ptr());
  throw py::error_already_set();
}

void RefuseFault(Fault fault) {
  if (fault == Fault::kNone) return;
  const http::Problem problem = http::ProblemOf(fault);
  Refuse(problem.status, problem.detail);
}

std::string_view View(const py::bytes& bytes) {
  return {PyBytes_AS_STRING(bytes.ptr()), static_cast<size_t>(PyBytes_GET_SIZE(bytes.ptr()))};
}

class FormReader {
 public:
  explicit FormReader(const std::string& content_type) {
    constexpr uint8_t kForms = protocol::kUrlencodedMedia | protocol::kMultipartMedia;
    stage::ContentType type;
    const stage::ContentTypeRefusal refusal = stage::ReadContentType(content_type, kForms, type);
    if ((type.kind & kForms) == 0) Refuse(400, "The body is no form");
    if (refusal.status != 0) Refuse(refusal.status, refusal.detail);
    if (type.kind == protocol::kMultipartMedia) parser_ = std::make_unique<stage::MultipartParser>(type.boundary);
  }

  void Put(const py::bytes& bytes) {
    if (parser_) RefuseFault(parser_->Put(View(bytes)));
  }

  py::bytes End(const py::bytes& body) { return Finish({View(body)}); }
  py::bytes EndFile(int file, uint64_t size) { return Finish({{}, {file, size}}); }

 private:
  py::bytes Finish(const stage::BodyBytes& body) {
    std::string json;
    Fault fault = Fault::kNone;
    {
      const py::gil_scoped_release release;
      fault = Read(body, json);
    }
    RefuseFault(fault);
    return json;
  }

  Fault Read(const stage::BodyBytes& body, std::string& json) {
    stage::Form form;
    Fault fault = parser_ ? stage::ReadMultipart(body, *parser_, form) : ReadText(body, form);
    std::string tree;
    if (fault == Fault::kNone) fault = stage::WriteTree(form, tree);
    if (fault == Fault::kNone) json = stage::WriteForm(tree, form.files);
    return fault;
  }

  static Fault ReadText(const stage::BodyBytes& body, stage::Form& form) {
    std::string buffer;
    const auto text = body.At(0, body.Size(), buffer);
    return text ? stage::ReadUrlencoded(*text, form) : Fault::kNoRoom;
  }

  std::unique_ptr<stage::MultipartParser> parser_;  // null: it is urlencoded
};

}  // namespace

void BindForm(py::module_& module) {
  form_refused = PyErr_NewExceptionWithDoc("spikard._native.FormRefused",
                                           "A body that is no form, or too large a one: (status, detail).",
                                           PyExc_ValueError, nullptr);
  module.add_object("FormRefused", py::reinterpret_borrow<py::object>(form_refused));
  py::class_<FormReader>(module, "FormReader")
      .def(py::init<const std::string&>(), py::arg("content_type"))
      .def("put", &FormReader::Put, py::arg("part"), py::pos_only())
      .def("end", &FormReader::End, py::arg("body"), py::pos_only())
      .def("end_file", &FormReader::EndFile, py::arg("file"), py::arg("size"), py::pos_only());
}

}  // namespace spikard::bindings
