package dev.asterism.verifyservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NonceQueryTest {
  /** 16 bytes of 0xfb, without the padding. */
  private static final String B64 = "-_v7-_v7-_v7-_v7-_v7-w";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonce=" + B64 + "==",
        "nonce=" + B64 + "%3D%3d",
        "a=b&nonce=" + B64 + "==&c",
        "&nonce=" + B64 + "==&",
        "%6eonce=%2D_v7-_v7-_v7-_v7-_v7-w==",
      })
  void readsPaddedBase64Url(String query) throws Exception {
    byte[] nonce = new byte[16];
    Arrays.fill(nonce, (byte) 0xfb);
    assertEquals(Bytes.of(nonce), NonceQuery.parse(query));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonce",
        "nonce=",
        "Nonce=" + B64 + "==",
        "other=" + B64 + "==",
        "nonce=" + B64 + "==&nonce=" + B64 + "==",
        "nonce=" + B64 + "==&nonce",
        "nonce=&nonce=" + B64 + "==",
        "nonce=" + B64,
        "nonce=" + B64 + "=",
        "nonce=" + B64 + "===",
        "nonce=-_v7-_v7-_v7-_v7-_v7-x==",
        "nonce=+/v7+/v7+/v7+/v7+/v7+w==",
        "nonce=%2B_v7%2B_v7-_v7-_v7-_v7-w==",
        "nonce=" + B64 + "== ",
        "nonce=" + B64 + "==%0A",
        "nonce=" + B64 + "==;x",
        "nonce=!!!!",
        "nonce=%zz",
        "nonce=%",
        "%zz=1&nonce=" + B64 + "==",
      })
  void refusesEverythingElseAndRepeatsNothingOfIt(String query) {
    var refusal = assertThrows(MalformedException.class, () -> NonceQuery.parse(query));
    assertFalse(refusal.getMessage().contains("_v7"), refusal.getMessage());
  }

  @Test
  void refusesAUrlWithoutAQuery() {
    assertThrows(MalformedException.class, () -> NonceQuery.parse(null));
  }
}
