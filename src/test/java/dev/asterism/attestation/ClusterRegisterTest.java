package dev.asterism.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import org.junit.jupiter.api.Test;

class ClusterRegisterTest {
  @Test
  void isExtendedWithTheHashOfTheClusterId() throws Exception {
    // printf '%064x%s' 0 $(printf cluster | sha256sum | cut -c-64) | xxd -r -p | sha256sum
    assertEquals(
        Bytes.ofHex("register", "12dc8f2dd893338db401e7cebf885efef143067ea4e61a95e1ffac1dfc23a902"),
        ClusterRegister.extended(Digests.SHA256, Bytes.zeros(32), Bytes.ofUtf8("cluster")));
  }
}
