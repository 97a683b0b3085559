package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.DistinguishedNames;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.Principal;
import java.security.SecureRandom;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NonceTest {
  private final Bytes nonce = Nonce.random(new SecureRandom());

  @Test
  void isThirtyTwoFreshBytes() {
    assertEquals(32, nonce.length());
    assertNotEquals(nonce, Nonce.random(new SecureRandom()));
  }

  @Test
  void readsItsOwnSpelling() throws Exception {
    assertEquals(nonce, Nonce.parse("field", nonce.base64()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"QQ", "QR==", "Q", "QQ==\n", "_w==", "node.example.com", " QQ=="})
  void refusesEveryOtherSpelling(String base64) {
    assertThrows(MalformedException.class, () -> Nonce.parse("field", base64));
  }

  @Test
  void isReadOutOfExactlyOneAuthority() throws Exception {
    Principal one = authority(nonce.base64());

    assertEquals(nonce, NonceAuthority.read(new Principal[] {one}));
    assertThrows(MalformedException.class, () -> NonceAuthority.read(null));
    assertThrows(MalformedException.class, () -> NonceAuthority.read(new Principal[0]));
    var two =
        assertThrows(
            MalformedException.class, () -> NonceAuthority.read(new Principal[] {one, one}));
    assertTrue(two.getMessage().contains("names 2"), two.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"QQ==", "no base64", ""})
  void isNotJustAnyName(String name) {
    assertThrows(
        MalformedException.class, () -> NonceAuthority.read(new Principal[] {authority(name)}));
  }

  private static Principal authority(String name) {
    return new X500Principal(DistinguishedNames.ofCommonName(name).toArray());
  }
}
