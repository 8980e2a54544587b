#include "stage/form.hpp"

#include <gtest/gtest.h>

#include "stage/formats.hpp"

namespace spikard::stage {
namespace {

using http::Fault;

std::string Tree(const std::string& body) {
  Form form;
  std::string json;
  if (ReadUrlencoded(body, form) != Fault::kNone || WriteTree(form, json) != Fault::kNone) return "fault";
  return json;
}

TEST(Form, Brackets) {
  EXPECT_EQ(Tree("a=1&b=+%2B&c"), R"({"a":"1","b":" +","c":""})");
  EXPECT_EQ(Tree("a=1&a=2"), R"({"a":["1","2"]})");
  EXPECT_EQ(Tree("a[]=1"), R"({"a":["1"]})");
  EXPECT_EQ(Tree("a[b][c]=1&a[b][d]=2&a[e]=3"), R"({"a":{"b":{"c":"1","d":"2"},"e":"3"}})");
  EXPECT_EQ(Tree("a[1][x]=2&a[0][x]=1"), R"({"a":[{"x":"1"},{"x":"2"}]})");
  EXPECT_EQ(Tree("0=a&1=b"), R"({"0":"a","1":"b"})") << "a form is no array";
  EXPECT_EQ(Tree("a[0]=1&a[2]=2"), "fault") << "a hole";
  EXPECT_EQ(Tree("a[00]=1"), R"({"a":{"00":"1"}})");
  EXPECT_EQ(Tree("a[b=1&[c]=2&d]=3&a[x]y=4"), R"({"a[b":"1","[c]":"2","d]":"3","a[x]y":"4"})") << "names like others";
}

TEST(Form, NamesThatContradictEachOther) {
  for (const char* bad : {"a=1&a[b]=2", "a[b]=1&a=2", "a[]=1&a[b]=2", "a[][b]=1"}) EXPECT_EQ(Tree(bad), "fault") << bad;
}

TEST(Form, HasLimits) {
  std::string deep = "a";
  for (int i = 0; i < 40; ++i) deep += "[b]";
  EXPECT_EQ(Tree(deep + "=1"), "fault");
  std::string many;
  for (size_t i = 0; i <= kMaxFormFields; ++i) many += "&a=1";
  EXPECT_EQ(Tree(many), "fault");
}

TEST(Form, WhatIsNoText) {
  for (const char* bad : {"a=%ff", "a=%0", "a=%00", "%ff=1"}) EXPECT_EQ(Tree(bad), "fault") << bad;
  EXPECT_EQ(Tree("a=" + std::string(kFileMark)), "fault");
}

TEST(Form, FilesAreNumbersForTheWorkerAndNamesForPeople) {
  Form form;
  form.fields = {{"t", "\"", std::nullopt}, {"f", {}, 0}, {"f", {}, 1}};
  form.files = {{"f", "one \"1\"", "text/plain", {}, 7, 3}, {"f", "two", "text/plain", {{"x", "y"}}, 20, 0}};
  std::string tree;
  ASSERT_EQ(WriteTree(form, tree), Fault::kNone);
  EXPECT_EQ(
      WriteForm(tree, form.files),
      R"({"fields":{"t":"\"","f":[0,1]},"files":[)"
      R"({"name":"f","filename":"one \"1\"","content_type":"text/plain","headers":[],"offset":7,"size":3},)"
      R"({"name":"f","filename":"two","content_type":"text/plain","headers":[["x","y"]],"offset":20,"size":0}]})");
  EXPECT_EQ(NameFiles(tree, form.files), R"({"t":"\"","f":["one \"1\"","two"]})");
}

}  // namespace
}  // namespace spikard::stage
