package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {
  private static final List<String> HEAVY =
      List.of(
          "io.grpc.",
          "com.google.protobuf.",
          "org.bouncycastle.",
          "tools.jackson.",
          "dev.asterism.proto.",
          "dev.asterism.admin.",
          "dev.asterism.crypto.");

  static Stream<CommandLine> commands() {
    return below(AsterismCommand.commandLine());
  }

  private static Stream<CommandLine> below(CommandLine command) {
    return Stream.concat(
        Stream.of(command), command.getSubcommands().values().stream().flatMap(HelpTest::below));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandSaysWhatItIsForInLinesThatFit(CommandLine command) {
    String help = command.getUsageMessage();

    assertTrue(help.contains("--help"), help);
    assertTrue(help.lines().allMatch(line -> line.length() <= 100), help);
    boolean isRoot = command.getParent() == null;
    assertNotEquals(isRoot ? 1 : 0, command.getCommandSpec().usageMessage().header().length);
  }

  @Test
  void anOptionIsDescribedInOneParagraph() {
    CommandLine up =
        AsterismCommand.commandLine().getSubcommands().get("mini").getSubcommands().get("up");
    String help = up.getUsageMessage();

    assertTrue(help.contains(" software, and only this cluster trusts their makers.\n"), help);
  }

  @Test
  void theRootListsWhatPeopleTypeApartFromRoles() {
    String help = AsterismCommand.commandLine().getUsageMessage();

    assertTrue(help.contains("For an admin's shell:"), help);
    assertTrue(
        help.matches("(?s).*For an admin's shell:.*  evidence .*Roles of a node.*  bootstrap .*"),
        help);
  }

  @Test
  void theRootsHelpListsAllWhateverFollowsIt() {
    String whole = AsterismCommand.commandLine().getUsageMessage();

    for (String[] args : new String[][] {{"--help"}, {"-h", "verify"}, {"verfy"}, {}}) {
      assertEquals(whole, AsterismCommand.commandLineFor(args).getUsageMessage());
    }
  }

  @Test
  void aCommandThatIsNamedFirstIsTheOnlyOneThatIsSetUp() {
    CommandLine root = AsterismCommand.commandLineFor("verify", "evidence");

    assertEquals(Set.of("verify"), root.getSubcommands().keySet());
    assertEquals(
        AsterismCommand.commandLine().getSubcommands().get("verify").getUsageMessage(),
        root.getSubcommands().get("verify").getUsageMessage());
  }

  @Test
  void helpLoadsNothingThatDoesTheWork() throws Exception {
    List<String> heavy =
        classesLoadedBy("--help").stream()
            .filter(name -> HEAVY.stream().anyMatch(name::startsWith))
            .toList();

    assertEquals(List.of(), heavy);
  }

  private static List<String> classesLoadedBy(String... args)
      throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    var command =
        Stream.concat(
                Stream.of(
                    java.toString(),
                    "-Xlog:class+load",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.asterism.Main"),
                Stream.of(args))
            .toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> loaded;
    try (var lines = process.inputReader().lines()) {
      loaded =
          lines
              .filter(line -> line.contains("[class,load]"))
              .map(line -> line.replaceFirst(".*\\] ", "").replaceFirst(" .*", ""))
              .toList();
    }
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue());
    assertTrue(loaded.contains("dev.asterism.Main"), () -> "of " + loaded.size());
    return loaded;
  }
}
