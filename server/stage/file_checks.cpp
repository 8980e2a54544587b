#include "stage/file_checks.hpp"

#include <algorithm>
#include <array>

#include "base/json.hpp"

namespace spikard::stage {
namespace {

using http::Invalid;
using protocol::FilePart;

struct Signature {
  std::string_view type;
  size_t at;
  std::string_view bytes;
};

using namespace std::string_view_literals;

// The longer ones first where one begins like another.
constexpr std::array kSignatures = {
    Signature{"image/png", 0, "\x89PNG\r\n\x1a\n"sv},
    Signature{"image/jpeg", 0, "\xff\xd8\xff"sv},
    Signature{"image/gif", 0, "GIF87a"sv},
    Signature{"image/gif", 0, "GIF89a"sv},
    Signature{"image/webp", 8, "WEBP"sv},
    Signature{"audio/wav", 8, "WAVE"sv},
    Signature{"image/bmp", 0, "BM"sv},
    Signature{"image/tiff", 0, "II*\0"sv},
    Signature{"image/tiff", 0, "MM\0*"sv},
    Signature{"application/pdf", 0, "%PDF"sv},
    Signature{"application/zip", 0, "PK\x03\x04"sv},
    Signature{"application/gzip", 0, "\x1f\x8b"sv},
    Signature{"application/x-7z-compressed", 0, "7z\xbc\xaf\x27\x1c"sv},
    Signature{"video/mp4", 4, "ftyp"sv},
    Signature{"video/webm", 0, "\x1a\x45\xdf\xa3"sv},
    Signature{"audio/ogg", 0, "OggS"sv},
    Signature{"audio/mpeg", 0, "ID3"sv},
};

constexpr size_t kShownBytes = 8;

std::string Essence(std::string_view content_type) {
  std::string_view essence = content_type.substr(0, content_type.find(';'));
  while (essence.ends_with(' ') || essence.ends_with('\t')) essence.remove_suffix(1);
  std::string type;
  for (const char c : essence) type += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return type == "image/jpg" ? "image/jpeg" : type;
}

bool HasSignature(std::string_view type) {
  return std::any_of(kSignatures.begin(), kSignatures.end(), [&](const Signature& s) { return s.type == type; });
}

bool IsAllowed(const std::string& type, const std::vector<std::string>& allowed) {
  return allowed.empty() || std::any_of(allowed.begin(), allowed.end(), [&](const std::string& one) {
           if (one.ends_with("/*")) return type.starts_with(one.substr(0, one.size() - 1));
           return one == "*/*" || Essence(one) == type;
         });
}

std::string SizeText(uint64_t size) {
  if (size % (1024 * 1024) == 0) return std::to_string(size / (1024 * 1024)) + "MB";
  if (size % 1024 == 0) return std::to_string(size / 1024) + "KB";
  return std::to_string(size) + " bytes";
}

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) {
    hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    hex += "0123456789abcdef"[c & 0xf];
  }
  return hex;
}

std::string Quoted(std::string_view text) {
  std::string json;
  base::AppendJsonString(json, text);
  return json;
}

// `name[]` is one of several.
bool IsOf(const FilePart& part, std::string_view name) {
  if (name.ends_with("[]") && name.size() == part.name.size() + 2) name.remove_suffix(2);
  return name == part.name;
}

void CheckMagic(const FormFile& file, Invalid invalid, std::vector<Invalid>& findings) {
  const std::string_view bytes = file.first;
  if (bytes.empty()) {
    invalid.msg = "File buffer is empty";
    invalid.ctx = R"({"buffer_size":0})";
    findings.push_back(std::move(invalid));
    return;
  }
  const std::string declared = Essence(file.content_type);
  std::string_view detected = TypeOfBytes(bytes);
  const bool agrees =
      HasSignature(declared) ? detected == declared : detected.empty() || !declared.starts_with("text/");
  if (agrees) return;
  if (detected.empty()) detected = "application/octet-stream";
  invalid.msg = "File type mismatch: MIME type is " + declared + " but magic numbers indicate " + std::string(detected);
  invalid.ctx = "{\"declared_mime\":" + Quoted(declared) + ",\"detected_type\":" + Quoted(detected) +
                ",\"magic_bytes\":" + Quoted(Hex(bytes.substr(0, kShownBytes))) + "}";
  findings.push_back(std::move(invalid));
}

void CheckType(const FilePart& part, const FormFile& file, Invalid invalid, std::vector<Invalid>& findings) {
  if (IsAllowed(Essence(file.content_type), part.content_types)) return;
  std::string allowed;
  for (const std::string& type : part.content_types) allowed += (allowed.empty() ? "" : ", ") + type;
  invalid.msg = "Invalid content type '" + Essence(file.content_type) + "'. Allowed types: " + allowed;
  findings.push_back(std::move(invalid));
}

}  // namespace

std::string_view TypeOfBytes(std::string_view bytes) {
  for (const Signature& s : kSignatures) {
    if (bytes.size() >= s.at && bytes.substr(s.at).starts_with(s.bytes)) {
      // Containers that the same four bytes begin.
      if (s.at == 8 && !bytes.starts_with("RIFF")) continue;
      return s.type;
    }
  }
  return {};
}

std::string CheckSize(const std::vector<FilePart>& parts, std::string_view name, uint64_t size) {
  for (const FilePart& part : parts) {
    if (part.max_size == 0 || size <= part.max_size || !IsOf(part, name)) continue;
    return "File too large. Maximum size is " + SizeText(part.max_size);
  }
  return {};
}

std::string CheckFiles(const std::vector<FilePart>& parts, const Form& form, std::vector<Invalid>& findings) {
  for (const FormFile& file : form.files) {
    if (std::string refusal = CheckSize(parts, file.name, file.size); !refusal.empty()) return refusal;
  }
  for (const FilePart& part : parts) {
    for (const FormFile& file : form.files) {
      if (!IsOf(part, file.name)) continue;
      const Invalid blank{"validation_error", {"files", part.name}, {}, Quoted(file.filename), {}};
      CheckType(part, file, blank, findings);
      if (part.magic) CheckMagic(file, blank, findings);
    }
  }
  return {};
}

}  // namespace spikard::stage
