import { Field, Float, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A GeoJSON point (RFC 7946) with its postal address.', simpleResolvers: true })
export class GeoPoint {
  @Field(() => String, { description: 'Always "Point".' })
  type!: string;

  @Field(() => [Float], { description: '[longitude, latitude] in degrees.' })
  coordinates!: number[];

  @Field(() => String, { nullable: true, description: 'Street and number.' })
  address?: string;

  @Field(() => String, { nullable: true, description: 'The town.' })
  city?: string;
}
