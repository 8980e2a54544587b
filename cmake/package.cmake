# Where the parts of the Python package go. A wheel takes the Python sources itself; without one,
# `cmake --install build/debug --prefix DIRECTORY` makes a directory that can be a PYTHONPATH.
install(TARGETS spikard-server RUNTIME DESTINATION spikard/_bin)
if(NOT SKBUILD)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/python/spikard DESTINATION .
    FILES_MATCHING PATTERN "*.py" PATTERN "*.pyi" PATTERN "py.typed" PATTERN ".*" EXCLUDE PATTERN "__pycache__" EXCLUDE)
endif()
