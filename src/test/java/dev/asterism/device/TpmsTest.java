package dev.asterism.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TpmsTest {
  @Test
  void opensEachKindByItsName() throws Exception {
    assertInstanceOf(KernelTpm.class, Tpms.open("/dev/tpmrm0"));
    assertInstanceOf(SwtpmSocket.class, Tpms.open("swtpm:127.0.0.1:2321"));
    assertInstanceOf(SoftwareTpm.class, Tpms.open("software:/run/tpm.json"));
  }

  @Test
  void saysWhereATpmIs() throws Exception {
    assertEquals("/dev/tpmrm0", Tpms.open("/dev/tpmrm0").description());
    assertEquals("swtpm ::1:2321", Tpms.open("swtpm:::1:2321").description());
    assertEquals("software TPM /run/tpm.json", Tpms.open("software:/run/tpm.json").description());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tpm0",
        "software:",
        "swtpm:",
        "swtpm:host",
        "swtpm::1",
        "swtpm:host:",
        "swtpm:host:x",
        "swtpm:host:0",
        "swtpm:host:65536",
        "swtpm:host:-1",
        "mssim:host:1",
        "/dev/tpm\0",
        "software:/run/\0"
      })
  void refusesWhatNamesNone(String uri) {
    assertThrows(MalformedException.class, () -> Tpms.open(uri));
  }
}
