# `make package`: a Debian package of the two programs, its dependencies found by dpkg-shlibdeps.
install(TARGETS ironscribe ironscribe-decode RUNTIME DESTINATION bin)
# The program has them inside; these are to read, and to begin tables of one's own with.
install(DIRECTORY data/prices DESTINATION share/ironscribe FILES_MATCHING PATTERN "*.yaml")
install(FILES LICENSE README.md CHANGELOG.md docs/operations.md DESTINATION share/doc/ironscribe)
install(FILES deploy/systemd/ironscribe.service DESTINATION lib/systemd/system)
install(FILES deploy/systemd/ironscribe.sysusers DESTINATION lib/sysusers.d RENAME ironscribe.conf)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ironscribe)
set(CPACK_PACKAGE_CONTACT "the Ironscribe project <ironscribe@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Self-hosted speech recognition: recordings to text")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_SECTION sound)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "python3-pip")  # `models pull` fetches packages with it.
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/deploy/debian/postinst)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
include(CPack)
