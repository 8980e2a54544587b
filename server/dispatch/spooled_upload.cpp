#include "dispatch/spooled_upload.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/log.hpp"

namespace spikard::dispatch {
namespace {

using http::Upload;

constexpr uint64_t kBlock = 128 * 1024;

struct Source {
  std::shared_ptr<base::Spool> file;
  std::weak_ptr<Upload> upload;  // which owns this
  uint64_t offset = 0;
  bool reading = false;
};

base::Task<void> Read(std::shared_ptr<Source> source) {
  for (;;) {
    // Whoever reads it may have given it up meanwhile.
    const std::shared_ptr<Upload> upload = source->upload.lock();
    if (!upload || !upload->Wanted()) break;
    const base::Spool& file = *source->file;
    const auto block = std::make_shared<std::string>(std::min(kBlock, file.Size() - source->offset), '\0');
    base::ErrorCode error;
    co_await file.disk().Run([&] { error = file.Bytes().Read(source->offset, block->data(), block->size()); });
    if (error) {
      spdlog::error("a body could not be read from {}: {}", base::Spools::Folder(), error.message());
      upload->End(http::Fault::kNoRoom);
      break;
    }
    source->offset += block->size();
    upload->Put(block);
    if (source->offset == file.Size()) upload->End(http::Fault::kNone);
  }
  source->reading = false;
}

}  // namespace

std::shared_ptr<Upload> UploadOf(std::shared_ptr<base::Spool> file) {
  const auto source = std::make_shared<Source>(Source{std::move(file), {}});
  auto upload = std::make_shared<Upload>(false, [source] {
    if (std::exchange(source->reading, true)) return;
    base::Spawn(Read(source));
  });
  source->upload = upload;
  // Whoever begins again reads the file again.
  upload->Forget();
  return upload;
}

}  // namespace spikard::dispatch
