// Forms (urlencoded and multipart) as a tree of texts and files, which schemas judge like JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/fault.hpp"
#include "stage/body_bytes.hpp"
#include "stage/multipart.hpp"

namespace spikard::stage {

// Of a file: enough to tell its type.
inline constexpr size_t kFirstBytes = 16;

struct FormFile {
  std::string name;  // of the field, as sent
  std::string filename;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  uint64_t offset = 0;                                       // of its bytes in the body
  uint64_t size = 0;
  std::string first = {};  // at most kFirstBytes of them
};

struct FormField {
  std::string name;
  std::string text;
  std::optional<size_t> file;  // index into `files`; then there is no text
};

struct Form {
  std::vector<FormField> fields;  // in the order sent
  std::vector<FormFile> files;
};

// Fields of one form; beyond it the form is too large.
inline constexpr size_t kMaxFormFields = 1000;

// application/x-www-form-urlencoded (WHATWG URL, 5.1).
http::Fault ReadUrlencoded(std::string_view body, Form& form);
// The parts of multipart/form-data, whose places a parser has found.
http::Fault ReadParts(const BodyBytes& body, const std::vector<Part>& parts, Form& form);

// multipart/form-data, of which the parser has seen all or nothing.
http::Fault ReadMultipart(const BodyBytes& body, MultipartParser& parser, Form& form);

// Writes the tree as JSON: `a[b]=1` lies at a, b; `a[]=1` and repeated names make arrays, and so do the indices of
// `a[0]=1`, which must leave no hole. Files are texts with kFileMark and their index. kBadBody if the names contradict
// each other.
http::Fault WriteTree(const Form& form, std::string& json);

// The tree as workers get it: `{"fields": tree with the indices of files, "files": [...]}`.
std::string WriteForm(std::string_view tree, const std::vector<FormFile>& files);
// A piece of the tree, for people: files by their names.
std::string NameFiles(std::string_view tree, const std::vector<FormFile>& files);

}  // namespace spikard::stage
