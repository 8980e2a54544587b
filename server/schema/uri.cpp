#include "schema/uri.hpp"

#include "schema/text.hpp"

namespace spikard::schema {

namespace {

struct Parts {
  std::string_view scheme, authority, path, query;
  bool has_scheme = false, has_authority = false, has_query = false;
};

// The regular expression of RFC 3986 appendix B, without the fragment.
Parts Split(std::string_view uri) {
  Parts parts;
  const size_t colon = uri.find_first_of(":/?");
  if (colon != std::string_view::npos && colon > 0 && uri[colon] == ':') {
    parts.scheme = uri.substr(0, colon);
    parts.has_scheme = true;
    uri.remove_prefix(colon + 1);
  }
  if (uri.starts_with("//")) {
    uri.remove_prefix(2);
    const size_t end = std::min(uri.find_first_of("/?"), uri.size());
    parts.authority = uri.substr(0, end);
    parts.has_authority = true;
    uri.remove_prefix(end);
  }
  const size_t question = uri.find('?');
  if (question != std::string_view::npos) {
    parts.query = uri.substr(question + 1);
    parts.has_query = true;
    uri = uri.substr(0, question);
  }
  parts.path = uri;
  return parts;
}

// RFC 3986 section 5.2.4.
std::string RemoveDotSegments(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    if (path.starts_with("../")) {
      path.remove_prefix(3);
    } else if (path.starts_with("./") || path.starts_with("/./")) {
      path.remove_prefix(2);
    } else if (path == "/.") {
      path = "/";
    } else if (path.starts_with("/../") || path == "/..") {
      path = path == "/.." ? std::string_view("/") : path.substr(3);
      out.resize(out.find_last_of('/') == std::string::npos ? 0 : out.find_last_of('/'));
    } else if (path == "." || path == "..") {
      break;
    } else {
      const size_t end = std::min(path.find('/', 1), path.size());
      out.append(path.substr(0, end));
      path.remove_prefix(end);
    }
  }
  return out;
}

// RFC 3986 section 5.2.3.
std::string Merge(const Parts& base, std::string_view path) {
  if (base.has_authority && base.path.empty()) return "/" + std::string(path);
  const size_t slash = base.path.rfind('/');
  if (slash == std::string_view::npos) return std::string(path);
  return std::string(base.path.substr(0, slash + 1)).append(path);
}

}  // namespace

std::pair<std::string_view, std::string_view> SplitFragment(std::string_view uri) {
  const size_t hash = uri.find('#');
  if (hash == std::string_view::npos) return {uri, {}};
  return {uri.substr(0, hash), uri.substr(hash + 1)};
}

std::string ResolveUri(std::string_view base_uri, std::string_view reference) {
  const size_t hash = reference.find('#');
  const std::string_view fragment = hash == std::string_view::npos ? std::string_view{} : reference.substr(hash);
  const std::string_view base_only = SplitFragment(base_uri).first;
  const Parts ref = Split(reference.substr(0, hash));
  const Parts base = Split(base_only);
  if (!ref.has_scheme && !ref.has_authority && ref.path.empty() && !ref.has_query) {
    return std::string(base_only).append(fragment);
  }

  Parts target = ref;
  std::string path;
  if (ref.has_scheme || ref.has_authority) {
    path = RemoveDotSegments(ref.path);
  } else if (ref.path.empty()) {
    path = base.path;
  } else {
    path = RemoveDotSegments(ref.path.starts_with('/') ? std::string(ref.path) : Merge(base, ref.path));
  }
  if (!ref.has_scheme) {
    target.scheme = base.scheme;
    target.has_scheme = base.has_scheme;
    if (!ref.has_authority) {
      target.authority = base.authority;
      target.has_authority = base.has_authority;
    }
  }
  std::string uri;
  if (target.has_scheme) uri.append(target.scheme).append(":");
  if (target.has_authority) uri.append("//").append(target.authority);
  uri.append(path);
  if (target.has_query) uri.append("?").append(target.query);
  return uri.append(fragment);
}

std::string PercentDecode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexValue(text[i + 1]) >= 0 && HexValue(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string EncodeFragment(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  static constexpr std::string_view kAllowed = "-._~!$&'()*+,;=:@/?";
  std::string out;
  for (char c : text) {
    if (IsAlnum(c) || kAllowed.find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

}  // namespace spikard::schema
