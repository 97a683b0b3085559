package dev.asterism.node.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.hosts.FakeAwsHost;
import dev.asterism.testing.hosts.FakeAzureHost;
import dev.asterism.testing.hosts.FakeGcpHost;
import dev.asterism.testing.hosts.FakeHost;
import dev.asterism.testing.hosts.FakeHost.Fault;
import dev.asterism.testing.hosts.FakeOpenStackHost;
import dev.asterism.testing.hosts.FakeQemuHost;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hosts of every provider that fail in the same way. */
class FailingHostsTest {
  private static final Duration SOON = Duration.ofMillis(300);

  private static FakeHost host(Provider provider) throws IOException {
    return switch (provider) {
      case AWS -> {
        var host = new FakeAwsHost();
        host.tags.put("constellation-role", "worker");
        yield host;
      }
      case AZURE -> {
        var host = new FakeAzureHost();
        host.tags.put("constellation-role", "worker");
        yield host;
      }
      case GCP -> {
        var host = new FakeGcpHost();
        host.attribute("constellation-role", "worker");
        yield host;
      }
      case OPENSTACK, STACKIT -> {
        var host = new FakeOpenStackHost();
        host.meta.put("constellation-role", "worker");
        yield host;
      }
      case QEMU -> new FakeQemuHost();
    };
  }

  private static String failure(Provider provider, URI host) {
    String message =
        assertThrows(IOException.class, Told.by(provider, host, SOON)::self).getMessage();
    assertTrue(message.contains(host.toString()), message);
    assertTrue(message.chars().noneMatch(Character::isISOControl), message);
    return message;
  }

  private static String failure(Provider provider, Fault fault) throws IOException {
    try (FakeHost host = host(provider)) {
      host.always(fault);
      return failure(provider, host.uri());
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysThatNobodyAnswers(Provider provider) throws IOException {
    URI nobody;
    try (FakeHost host = host(provider)) {
      nobody = host.uri();
    }

    assertTrue(failure(provider, nobody).contains("cannot be asked"), failure(provider, nobody));
  }

  @ParameterizedTest
  @EnumSource
  void waitsForNoAnswerThatHangsInTheMiddle(Provider provider) throws IOException {
    String message = failure(provider, Fault.SLOW);

    assertTrue(message.contains("no whole answer of"), message);
    assertTrue(message.contains("within 500 ms"), message);
  }

  @ParameterizedTest
  @EnumSource
  void readsNoAnswerThatIsTooLarge(Provider provider) throws IOException {
    assertTrue(failure(provider, Fault.HUGE).contains("cannot be asked"));
  }

  @ParameterizedTest
  @EnumSource
  void followsNoRedirect(Provider provider) throws IOException {
    String message = failure(provider, Fault.REDIRECT);

    assertTrue(message.contains("302"), message);
    assertTrue(message.contains("check") && message.contains("--metadata-url"), message);
  }

  @ParameterizedTest
  @EnumSource
  void takesNoPageOfAProxyForAnAnswer(Provider provider) throws IOException {
    String message = failure(provider, Fault.PAGE);

    assertFalse(message.contains("html"), message);
  }

  @ParameterizedTest
  @EnumSource
  void givesUpOnAHostThatOnlyFails(Provider provider) throws IOException {
    String message = failure(provider, Fault.DOWN);

    assertTrue(message.contains("answers 503 at try "), message);
  }

  @ParameterizedTest
  @EnumSource
  void getsOverAFewFailures(Provider provider) throws IOException {
    try (FakeHost host = host(provider)) {
      host.next(Fault.BUSY, Fault.DOWN, Fault.SLOW, Fault.BUSY);

      assertFalse(Told.by(provider, host.uri()).self().ip().isEmpty());
    }
  }

  /** More than one question shares the time of one look. */
  @Test
  void oneLookHasOneDeadline() throws IOException {
    try (FakeHost host = host(Provider.AWS)) {
      host.next(Fault.NONE);
      host.always(Fault.DOWN);
      Words words =
          Provider.AWS
              .source(
                  host.uri(),
                  new Host.Patience(
                      Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofMillis(600)))
              .look();
      var _ = assertThrows(IOException.class, () -> words.of(Field.NAME));
      int asked = host.asked.size();

      var _ = assertThrows(IOException.class, () -> words.of(Field.ROLE));

      assertEquals(asked + 1, host.asked.size(), "no time is left for a second try");
    }
  }
}
