package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.attestation.Variant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlatformsTest {
  @ParameterizedTest
  @EnumSource
  void everyVariantHasItsPlatform(Variant variant) {
    assertEquals(variant, Platforms.of(variant, Vendors.NONE).variant());
  }
}
