#include "bindings/recorder.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>

#include "base/resident.hpp"
#include "bindings/bindings.hpp"

namespace py = pybind11;

namespace spikard::bindings {

Recorder::Recorder(uint32_t slots, uint32_t cells)
    : size_(protocol::RecorderView::Size(slots, cells) + protocol::kRecorderText) {
  memfd_ = base::Descriptor(::memfd_create("spikard-recorder", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memfd_ || ::ftruncate(memfd_.get(), static_cast<off_t>(size_)) != 0) RaiseOsError();
  if (::fcntl(memfd_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) RaiseOsError();
  memory_ = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, memfd_.get(), 0);
  if (memory_ == MAP_FAILED) RaiseOsError();
  view_ = protocol::RecorderView(memory_, slots, cells);
  view_.Format();
  // Whoever writes to the descriptor writes the text.
  const auto text = static_cast<off_t>(size_ - protocol::kRecorderText);
  if (::lseek(memfd_.get(), text, SEEK_SET) != text) RaiseOsError();
}

Recorder::~Recorder() { ::munmap(memory_, size_); }

void Recorder::Tick(bool debugging) {
  view_.Debugging().store(debugging ? 1 : 0, std::memory_order_relaxed);
  view_.Memory().store(base::ResidentBytes(), std::memory_order_relaxed);
  view_.Tick().fetch_add(1, std::memory_order_release);
}

void BindRecorder(py::module_& module) {
  py::class_<Recorder, std::shared_ptr<Recorder>>(module, "Recorder")
      .def(py::init<uint32_t, uint32_t>(), py::arg("slots"), py::arg("cells"))
      .def("fileno", &Recorder::Fileno)
      .def("close_descriptor", &Recorder::CloseDescriptor)
      .def("tick", &Recorder::Tick, py::arg("debugging"))
      .def("break_in", [](Recorder& recorder) { recorder.view().Debugging().store(1, std::memory_order_release); })
      .def_property_readonly("slots", [](Recorder& recorder) { return recorder.view().slots(); });
}

}  // namespace spikard::bindings
