# The build rules of the project: a library, a program and a test, declared in one line each.

add_library(ironscribe_options INTERFACE)
target_include_directories(ironscribe_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(ironscribe_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor
                       -Wno-restrict  # GCC 12 warns falsely about string + (GCC bug 105651)
                      
                       -fno-math-errno -ffp-contract=off)
if(IRONSCRIBE_WERROR)
  target_compile_options(ironscribe_options INTERFACE -Werror)
endif()
if(IRONSCRIBE_SANITIZE)
  target_compile_options(ironscribe_options INTERFACE -fsanitize=${IRONSCRIBE_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(ironscribe_options INTERFACE -fsanitize=${IRONSCRIBE_SANITIZE})
endif()

# ironscribe_library(NAME SOURCES a.cc ... [DEPS other ...])
# A static library `ironscribe_NAME`; a library without sources is an interface library.
function(ironscribe_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  set(target ironscribe_${name})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    target_link_libraries(${target} PUBLIC ironscribe_options ${ARG_DEPS})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ironscribe_options ${ARG_DEPS})
  endif()
endfunction()

# A test that hangs fails after this long; the slowest take half a minute on an idle machine.
if(IRONSCRIBE_SANITIZE)
  set(IRONSCRIBE_TEST_TIMEOUT_SECONDS 1800)
else()
  set(IRONSCRIBE_TEST_TIMEOUT_SECONDS 600)
endif()

# ironscribe_script_test(NAME WORD...)
# A command as a test.
function(ironscribe_script_test name)
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${IRONSCRIBE_TEST_TIMEOUT_SECONDS})
endfunction()

# ironscribe_test(NAME SOURCES a_test.cc ... [DEPS lib ...] [LABELS slow ...])
# A GoogleTest program, known to ctest under NAME. Tests labelled `slow` are left out of the
# sanitizer runs of `make test`.
function(ironscribe_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ironscribe_options ${ARG_DEPS} GTest::gtest_main)
  # Test code is compiled more often than it runs: a third less time, and the libraries keep -O3.
  target_compile_options(${name} PRIVATE -O1)
  target_compile_definitions(${name} PRIVATE
      IRONSCRIBE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" IRONSCRIBE_BINARY_DIR="${CMAKE_BINARY_DIR}")
  ironscribe_script_test(${name} ${name})
  if(ARG_LABELS)
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}")
  endif()
endfunction()

# ironscribe_benchmark(NAME SOURCES a_bench.cc ... [DEPS lib ...])
function(ironscribe_benchmark name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(IRONSCRIBE_BENCHMARKS)
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ironscribe_options ${ARG_DEPS} benchmark::benchmark_main)
  endif()
endfunction()
