# spikard_test(ROOM SOURCES ... LINK ...): one test binary per room; its files mirror those of the room.
function(spikard_test room)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${room}_test ${TEST_SOURCES})
  target_link_libraries(${room}_test PRIVATE ${TEST_LINK} GTest::gtest_main GTest::gmock spikard_flags)
  gtest_discover_tests(${room}_test DISCOVERY_TIMEOUT 60)
endfunction()
