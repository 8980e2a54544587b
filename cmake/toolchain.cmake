# Flags that hold for every target of the project.
add_library(spikard_flags INTERFACE)
target_compile_options(spikard_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror
  # gcc 12 reports these in the standard library's and Asio's own inlined code.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-error=tsan -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow>)
target_compile_definitions(spikard_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_BEAST_USE_STD_STRING_VIEW
  BOOST_ASIO_NO_DEPRECATED)

if(SPIKARD_SANITIZE)
  # halt_on_error is the run-time's business; no-recover makes UBSan's findings fatal as well.
  add_compile_options(-fsanitize=${SPIKARD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SPIKARD_SANITIZE})
  if(SPIKARD_SANITIZE MATCHES thread)
    # TSan does not understand the fences of Asio's fenced_block.
    target_compile_definitions(spikard_flags INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()

# Precompiled headers are not worth their rules here: parsing is a fifth of the time a file takes, and they would keep
# the cache from serving the wheel's build and the release preset with the same objects. Paths relative to the source
# directory let it do so.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${CCACHE})
endif()

# What nobody calls of the headers' inline code need not be shipped.
add_link_options($<$<CONFIG:Release>:-Wl,--gc-sections>)
