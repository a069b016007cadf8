import {ApiObject} from 'cdk8s'; import {Construct} from 'constructs';
export class PodMonitor extends ApiObject { constructor(s:Construct,i:string,p:any){super(s,i,{apiVersion:'monitoring.coreos.com/v1',kind:'PodMonitor',...p});} }
export class ServiceMonitor extends ApiObject { constructor(s:Construct,i:string,p:any){super(s,i,{apiVersion:'monitoring.coreos.com/v1',kind:'ServiceMonitor',...p});} }
