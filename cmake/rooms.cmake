# spikard_room(NAME [SOURCES ...] [ROOMS ...] [LINK ...])
#
# A room is one folder of server/ and one static library. Its headers are reachable only through its own library
# ("http/exchange.hpp" resolves through a directory that holds a link to that one folder), so a room can include
# nothing but the rooms it names here, and theirs.
function(spikard_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;ROOMS;LINK" ${ARGN})
  set(view ${CMAKE_BINARY_DIR}/rooms/${name})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${name} ${view}/${name} SYMBOLIC)
  set(sources)
  foreach(source ${ROOM_SOURCES})
    list(APPEND sources ${name}/${source})
  endforeach()
  add_library(spikard_${name} STATIC ${sources})
  target_include_directories(spikard_${name} PUBLIC ${view})
  target_link_libraries(spikard_${name} PUBLIC ${ROOM_LINK} PRIVATE spikard_flags)
  foreach(room ${ROOM_ROOMS})
    target_link_libraries(spikard_${name} PUBLIC spikard_${room})
  endforeach()
endfunction()
