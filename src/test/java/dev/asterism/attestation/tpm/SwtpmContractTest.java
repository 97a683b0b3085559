package dev.asterism.attestation.tpm;

import dev.asterism.device.Tpm;
import dev.asterism.testing.Swtpm;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SwtpmContractTest extends TpmClientContract {
  @TempDir Path directory;
  private Swtpm swtpm;

  @BeforeEach
  void start() throws IOException {
    swtpm = Swtpm.start(directory);
  }

  @AfterEach
  void stop() throws IOException {
    if (swtpm != null) {
      swtpm.close();
    }
  }

  @Override
  Tpm tpm() {
    return swtpm.tpm();
  }

  @Override
  void powerCycle() throws IOException {
    swtpm.powerCycle();
  }
}
