// Error bodies as the front end words them, for answers that the worker changes before they go out.
#include "http/problem.hpp"

#include <pybind11/pybind11.h>

#include <string>
#include <string_view>

#include "bindings/bindings.hpp"

namespace py = pybind11;

namespace spikard::bindings {
namespace {

py::bytes Render(uint16_t status, const std::string& slug, const std::string& detail, const py::bytes& errors,
                 const std::string& instance) {
  http::Response response;
  http::RenderProblem({status, slug, detail, std::string_view(errors)}, instance, response);
  return py::bytes(response.Body().data(), response.Body().size());
}

}  // namespace

void BindProblem(py::module_& module) {
  module.def("problem", &Render, py::arg("status"), py::arg("slug") = "", py::arg("detail") = "",
             py::arg("errors") = py::bytes(), py::arg("instance") = "");
}

}  // namespace spikard::bindings
