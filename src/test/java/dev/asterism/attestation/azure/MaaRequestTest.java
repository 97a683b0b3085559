package dev.asterism.attestation.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import org.junit.jupiter.api.Test;

class MaaRequestTest {
  private static final int SHA256 = 0x0B;
  private static final Bytes VALUE = Bytes.ofUtf8("32 bytes, or more, of signature.");

  private static Bytes rsa(int scheme) {
    return new ByteWriter().u16be(scheme).u16be(SHA256).sized16be(VALUE).toBytes();
  }

  @Test
  void sendsTheBareSignatureOfTheOneScheme() throws Exception {
    assertEquals(VALUE, MaaRequest.rsassa(rsa(0x14)));
    assertThrows(MalformedException.class, () -> MaaRequest.rsassa(rsa(0x16)));
    Bytes ecdsa =
        new ByteWriter().u16be(0x18).u16be(SHA256).sized16be(VALUE).sized16be(VALUE).toBytes();
    assertThrows(MalformedException.class, () -> MaaRequest.rsassa(ecdsa));
  }
}
