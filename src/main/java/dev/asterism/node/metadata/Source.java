package dev.asterism.node.metadata;

import java.io.IOException;

/** Who says what this instance is. */
public sealed interface Source
    permits AwsSource, AzureSource, FileSource, FlagSource, GcpSource, OpenStackSource, QemuSource {
  /** Looks once; where it asks somebody, all of it has one deadline. */
  Words look() throws IOException;

  /** Where it says this, for people: a tag, a file and its member. */
  String place(Field field);

  /** What to do where that is missing or wrong; empty: the place says it. */
  String remedy(Field field);
}
