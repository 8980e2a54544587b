#include "vectors.hpp"

#include <cstring>
#include <stdexcept>

#include "protocol/manifest.hpp"
#include "render.hpp"
#include "samples.hpp"

namespace spikard::protocol {
namespace {

constexpr BatchHead kHead = {0x0123456789abcdef, 2};

std::vector<std::string> Encode(const std::vector<Message>& messages, BatchHead head = kHead) {
  BatchWriter writer;
  for (const Message& message : messages) writer.Add(message);
  return Strings(writer.Seal(head));
}

Request BareRequest() {
  Request r;
  r.method = "GET";
  r.target = "/";
  return r;
}

// "SocketAccept" -> "socket-accept"
std::string FileName(const Payload& payload) {
  const std::string text = Render(payload);
  const size_t begin = text.find("\"type\": \"") + 9;
  std::string name;
  for (char c : text.substr(begin, text.find('"', begin) - begin)) {
    if (c >= 'A' && c <= 'Z') {
      if (!name.empty()) name += '-';
      c = static_cast<char>(c - 'A' + 'a');
    }
    name += c;
  }
  return name;
}

std::string Number(size_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

void AddSingles(std::vector<Vector>* all) {
  size_t number = 1;
  for (const Message& message : DataSamples()) {
    all->push_back({Number(number++) + "-" + FileName(message.payload), "one message, every field set", "batch",
                    Encode({message})});
  }
  number = 60;
  for (const Payload& payload : ControlSamples()) {
    all->push_back({Number(number++) + "-control-" + FileName(payload),
                    "a packet of the attach socket",
                    "control",
                    {EncodeControl(payload)}});
  }
}

void AddBatches(std::vector<Vector>* all) {
  all->push_back({"30-every-message", "one batch holding every message of the data channel", "batch",
                  Encode(DataSamples(), {0xfedcba9876543210, 0xffffffffffffffff})});
  all->push_back({"31-defaults", "fields that have their default value are absent", "batch",
                  Encode({{1, 0, BareRequest()},
                          {2, 1, Response{204, {}, {}, false}},
                          {3, 2, Chunk{}},
                          {4, 3, Problem{500, "", "", {}, ""}}})});
  all->push_back({"32-raw-frames", "bodies above the inline limit are raw frames, each named once, in order", "batch",
                  Encode({{1, 0, Response{200, {}, {Counted(kInlineLimit)}, true}},
                          {2, 1, Response{200, {}, {Counted(kInlineLimit + 1)}, true}},
                          {3, 2, Chunk{{"small"}, false, {}}},
                          {4, 3, Chunk{{Counted(20000)}, false, {}}}})});
  all->push_back(
      {"33-first-batch", "a worker without an attach socket: no token, incarnation 0, sequence 1", "batch",
       Encode({{0, 0, Hello{"", 7, "python", "", 1, "", "0123456789abcdef0123456789ABCDEF", 65536}}}, {0, 1})});
  all->push_back({"34-extremes", "the largest numbers", "batch",
                  Encode({{0xffffffffffffffff, 0xffffffff, Window{0xffffffff}},
                          {0xffffffffffffffff, 0, SocketClose{4999, ""}},
                          {0, 0, Ping{0xffffffffffffffff}}})});
  all->push_back({"50-manifest", "every kind of parameter and route", "manifest", {EncodeManifest(SampleManifest())}});
  all->push_back({"51-manifest-empty", "an application without routes", "manifest", {EncodeManifest({})}});
}

std::string Values(const Vector& vector) {
  if (vector.kind == "control") {
    std::string scratch;
    Payload payload;
    const Errc error = DecodeControl(vector.frames[0], &scratch, &payload);
    if (error != Errc::kOk) return "  \"error\": \"" + std::string(Name(error)) + "\"\n";
    return "  \"error\": null,\n  \"message\": " + Render(payload) + "\n";
  }
  if (vector.kind == "manifest") {
    Manifest manifest;
    const Errc error = DecodeManifest(vector.frames[0], &manifest);
    if (error != Errc::kOk) return "  \"error\": \"" + std::string(Name(error)) + "\"\n";
    return "  \"error\": null,\n  \"manifest\": " + Render(manifest) + "\n";
  }
  BatchReader reader;
  std::string messages;
  Errc error = reader.Open(Views(vector.frames));
  size_t frames = 0;
  for (bool end = false; error == Errc::kOk && !end;) {
    Message message;
    error = reader.Next(&message, &end);
    if (error == Errc::kOk && !end) messages += (messages.empty() ? "    " : ",\n    ") + Render(message, &frames);
  }
  if (error != Errc::kOk) return "  \"error\": \"" + std::string(Name(error)) + "\"\n";
  return "  \"error\": null,\n  \"incarnation\": " + std::to_string(reader.Head().incarnation) +
         ",\n  \"sequence\": " + std::to_string(reader.Head().sequence) + ",\n  \"messages\": [\n" + messages +
         "\n  ]\n";
}

uint32_t Word(std::string_view file, size_t at) {
  uint32_t word = 0;
  std::memcpy(&word, file.substr(at, sizeof word).data(), sizeof word);
  return word;
}

}  // namespace

std::vector<Vector> Vectors() {
  std::vector<Vector> all;
  AddSingles(&all);
  AddBatches(&all);
  for (Vector& vector : InvalidVectors()) all.push_back(std::move(vector));
  return all;
}

std::string Pack(const std::vector<std::string>& frames) {
  std::string file;
  const auto append = [&](size_t number) {
    const auto word = static_cast<uint32_t>(number);
    file.append(reinterpret_cast<const char*>(&word), sizeof word);
  };
  append(frames.size());
  for (const std::string& frame : frames) append(frame.size());
  for (const std::string& frame : frames) file += frame;
  return file;
}

std::vector<std::string> Unpack(std::string_view file) {
  std::vector<std::string> frames;
  const uint32_t count = Word(file, 0);
  size_t at = 4 + size_t{count} * 4;
  for (uint32_t i = 0; i < count; ++i) {
    frames.emplace_back(file.substr(at, Word(file, 4 + size_t{i} * 4)));
    at += frames.back().size();
  }
  if (at != file.size()) throw std::runtime_error("a vector's file has other bytes than its frames");
  return frames;
}

std::string Describe(const Vector& vector) {
  return "{\n  \"about\": \"" + vector.about + "\",\n  \"kind\": \"" + std::string(vector.kind) + "\",\n" +
         Values(vector) + "}\n";
}

std::vector<std::string> EncodeAgain(const Vector& vector) {
  if (vector.kind == "control") {
    std::string scratch;
    Payload payload;
    DecodeControl(vector.frames[0], &scratch, &payload);
    return {EncodeControl(payload)};
  }
  if (vector.kind == "manifest") {
    Manifest manifest;
    DecodeManifest(vector.frames[0], &manifest);
    return {EncodeManifest(manifest)};
  }
  BatchReader reader;
  BatchWriter writer;
  reader.Open(Views(vector.frames));
  for (bool end = false; !end;) {
    Message message;
    if (reader.Next(&message, &end) != Errc::kOk) throw std::runtime_error("not a valid vector");
    if (!end) writer.Add(message);
  }
  return Strings(writer.Seal(reader.Head()));
}

}  // namespace spikard::protocol
