#include "stage/coding.hpp"

#include <brotli/decode.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>

namespace spikard::stage {
namespace {

using http::Fault;
using Put = std::function<Fault(std::string_view)>;

constexpr size_t kStep = 64 * 1024;
constexpr int kGzipWindow = 15 + 16;
constexpr int kZlibWindow = 15;
constexpr int kRawWindow = -15;

std::string_view View(const uint8_t* bytes, size_t size) { return {reinterpret_cast<const char*>(bytes), size}; }

class Inflater {
 public:
  Inflater(int window, const Put& put) : window_(window), put_(put), works_(inflateInit2(&stream_, window) == Z_OK) {}
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }

  Fault Take(std::string_view coded) {
    if (!works_) return Fault::kBadBody;
    while (!coded.empty()) {
      // zlib counts in 32 bits.
      const std::string_view piece = coded.substr(0, size_t{1} << 30);
      coded.remove_prefix(piece.size());
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
      stream_.avail_in = static_cast<uInt>(piece.size());
      if (const Fault fault = TakePiece(); fault != Fault::kNone) return fault;
    }
    return Fault::kNone;
  }
  Fault End() const { return ended_ ? Fault::kNone : Fault::kBadBody; }

 private:
  Fault TakePiece() {
    for (;;) {
      if (ended_ && stream_.avail_in == 0) return Fault::kNone;
      // RFC 1952 section 2.2: members may follow each other.
      if (ended_ && (window_ != kGzipWindow || inflateReset(&stream_) != Z_OK)) return Fault::kBadBody;
      stream_.next_out = step_.data();
      stream_.avail_out = static_cast<uInt>(step_.size());
      const int result = inflate(&stream_, Z_NO_FLUSH);
      ended_ = result == Z_STREAM_END;
      // Nothing to read, and nothing left to write.
      if (result == Z_BUF_ERROR) return Fault::kNone;
      if (result != Z_OK && !ended_) return Fault::kBadBody;
      const Fault fault = put_(View(step_.data(), step_.size() - stream_.avail_out));
      if (fault != Fault::kNone) return fault;
    }
  }

  const int window_;
  const Put& put_;
  z_stream stream_{};
  const bool works_;
  bool ended_ = false;
  std::array<uint8_t, kStep> step_;
};

class Unbrotler {
 public:
  explicit Unbrotler(const Put& put) : put_(put) {}

  Fault Take(std::string_view coded) {
    if (state_ == nullptr || ended_) return Fault::kBadBody;
    const auto* in = reinterpret_cast<const uint8_t*>(coded.data());
    size_t in_size = coded.size();
    for (;;) {
      uint8_t* out = step_.data();
      size_t out_size = step_.size();
      const auto result = BrotliDecoderDecompressStream(state_.get(), &in_size, &in, &out_size, &out, nullptr);
      const Fault fault = put_(View(step_.data(), step_.size() - out_size));
      if (fault != Fault::kNone) return fault;
      ended_ = result == BROTLI_DECODER_RESULT_SUCCESS;
      if (ended_) return in_size == 0 ? Fault::kNone : Fault::kBadBody;
      if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) return Fault::kNone;
      if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) return Fault::kBadBody;
    }
  }
  Fault End() const { return ended_ ? Fault::kNone : Fault::kBadBody; }

 private:
  const Put& put_;
  const std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> state_{
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance};
  bool ended_ = false;
  std::array<uint8_t, kStep> step_;
};

template <typename Decoder>
Fault Run(Decoder&& decoder, const BodyBytes& coded) {
  Fault fault = Fault::kNone;
  const bool read = coded.ForEach([&](std::string_view piece) {
    fault = decoder.Take(piece);
    return fault == Fault::kNone;
  });
  if (!read) return Fault::kNoRoom;
  return fault != Fault::kNone ? fault : decoder.End();
}

// RFC 9110 section 8.4.1.2: some send it without the zlib wrapper.
int WindowOfDeflate(const BodyBytes& coded) {
  std::string buffer;
  const auto head = coded.At(0, std::min<uint64_t>(coded.Size(), 2), buffer).value_or("");
  const auto first = head.empty() ? 0U : static_cast<unsigned char>(head[0]);
  const auto second = head.size() < 2 ? 1U : static_cast<unsigned char>(head[1]);
  const bool wrapped = (first & 0x0FU) == Z_DEFLATED && (first * 256 + second) % 31 == 0;
  return wrapped ? kZlibWindow : kRawWindow;
}

}  // namespace

Fault Decode(Coding coding, const BodyBytes& coded, const Put& put) {
  switch (coding) {
    case Coding::kIdentity:
      break;
    case Coding::kGzip:
      return Run(Inflater(kGzipWindow, put), coded);
    case Coding::kDeflate:
      return Run(Inflater(WindowOfDeflate(coded), put), coded);
    case Coding::kBrotli:
      return Run(Unbrotler(put), coded);
  }
  return Fault::kBadBody;
}

}  // namespace spikard::stage
